"""Several ranks: torchrun starts our programs, and Python's ranks and ours take over each other's checkpoints."""
import json
import os
import subprocess
import sys
import tempfile

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
RUNS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/TrainingTests/Fixtures/rank_runs")
ARGUMENTS = {
    "per_device_train_batch_size": 2, "per_device_eval_batch_size": 4, "learning_rate": 0.01, "logging_steps": 1,
    "num_train_epochs": 3, "eval_strategy": "epoch", "save_strategy": "steps", "save_steps": 2, "use_cpu": True, "seed": 7,
    "report_to": "none", "disable_tqdm": True,
}


def start(words, **variables):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=300)


def told(errors):
    """What went wrong, without the launcher's trace."""
    lines = [line for line in errors.splitlines() if "error:" in line.lower() or "Error:" in line]
    return "\n".join(lines[:6]) or errors[-1500:]


def ours(program, folder, torchrun=(), ranks=2, arguments=None, **more):
    """Runs our program of the rank tests; the results of every rank."""
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, "configuration.json")
    with open(file, "w") as out:
        json.dump({"arguments": {**ARGUMENTS, "output_dir": folder, **(arguments or {})},
                   "tensors": os.path.join(RUNS, "plain.safetensors"), **more}, out)
    words = [*TORCHRUN, *torchrun, "--no-python", program, file] if ranks > 1 else [program, file]
    done = start(words)
    assert done.returncode == 0, told(done.stderr)
    results = []
    for rank in range(ranks):
        with open(os.path.join(folder, f"result.{rank}.json")) as result:
            results.append(json.load(result))
    return results, done.stderr


def losses(history):
    return [(entry["step"], entry["loss"]) for entry in history if "loss" in entry]


def same(found, wanted, what):
    assert [step for step, _ in found] == [step for step, _ in wanted], f"{what}: steps {found} and {wanted}"
    worst = max(abs(a - b) / max(abs(b), 1e-6) for (_, a), (_, b) in zip(found, wanted))
    assert worst < 1e-5, f"{what}: losses differ by {worst}"
    return worst


def check_restart(program, work):
    whole, _ = ours(program, os.path.join(work, "whole"), model={"dropout": 0.25})
    restarted, errors = ours(
        program, os.path.join(work, "restarted"), torchrun=["--max-restarts", "1"], model={"dropout": 0.25},
        kill={"rank": 1, "step": 8})
    assert "training goes on from the newest checkpoint" in errors, errors[-800:]
    assert restarted[0]["weights"] == whole[0]["weights"], "the weights differ"
    return f"{len(whole[0]['weights'])} weights equal to the bit"


def python(folder, resume):
    """Python's Trainer on two ranks in a folder; its log history."""
    done = start([*TORCHRUN, os.path.abspath(__file__), folder, str(int(resume))])
    assert done.returncode == 0, told(done.stderr)
    with open(os.path.join(folder, "history.json")) as file:
        return json.load(file)


def check_we_resume_python(program, work):
    theirs = os.path.join(work, "theirs")
    whole = python(theirs, False)
    continued, _ = ours(program, theirs, arguments={"resume_from_checkpoint": os.path.join(theirs, "checkpoint-8")})
    return f"losses differ by {same(losses(continued[0]['log_history']), losses(whole), 'after our resume'):.1e}"


def check_python_resumes_us(program, work):
    folder = os.path.join(work, "ours")
    whole, _ = ours(program, folder)
    names = set(os.listdir(os.path.join(folder, "checkpoint-8")))
    missing = {"rng_state_0.pth", "rng_state_1.pth", "optimizer.pt", "scheduler.pt", "trainer_state.json"} - names
    assert not missing, f"the checkpoint lacks {', '.join(sorted(missing))}"
    continued = python(folder, True)
    return f"losses differ by {same(losses(continued), losses(whole[0]['log_history']), 'after its resume'):.1e}"


def check_python_resumes_shards(program, work):
    """The optimizer's state, shared out over the ranks, is whole in the checkpoint: Python's ranks go on with it."""
    folder = os.path.join(work, "shards")
    whole, _ = ours(program, folder, arguments={"fsdp": "shard_grad_op"})
    continued = python(folder, True)
    return f"losses differ by {same(losses(continued), losses(whole[0]['log_history']), 'after its resume'):.1e}"


def train(words, trainer, model, data, folder, batch, *more):
    """Runs `trainer train`; the log history and what was said."""
    done = start([
        *words, trainer, "train", "--model", model, "--train-file", data, "--text-column", "text", "--label-column", "label",
        "--output-dir", folder, "--per-device-train-batch-size", str(batch), "--num-train-epochs", "2", "--logging-steps",
        "1", "--use-cpu", "--report-to", "none", "--disable-tqdm", "true", *more])
    assert done.returncode == 0, told(done.stderr)
    with open(os.path.join(folder, "trainer_state.json")) as file:
        return json.load(file)["log_history"], done.stderr


def check_command(trainer, model, data, work):
    """torchrun starts `trainer train`; the model is that of one rank with twice the batch."""
    two, errors = train(
        [*TORCHRUN, "--no-python"], trainer, model, data, os.path.join(work, "two"), 3, "--save-strategy", "no")
    one, _ = train([], trainer, model, data, os.path.join(work, "one"), 6, "--save-strategy", "no")
    assert errors.count("Using distributed mode with GLOO backend") == 1, errors[-800:]
    assert [entry["step"] for entry in two if "loss" in entry] == [entry["step"] for entry in one if "loss" in entry]
    worst = max(abs(a["loss"] - b["loss"]) / abs(b["loss"]) for a, b in zip(two, one) if "loss" in a)
    assert worst < 1e-4, f"losses differ by {worst}"
    return f"losses differ by {worst:.1e} from one rank with twice the batch"


def check_full_shard(trainer, model, data, work):
    """Python reads weights and optimizer of a model that no rank has whole."""
    import torch
    from safetensors.torch import load_file

    def checkpoint(name, *more):
        folder = os.path.join(work, name)
        train([*TORCHRUN, "--no-python"], trainer, model, data, folder, 3, "--save-strategy", "epoch", *more)
        place = os.path.join(folder, max((n for n in os.listdir(folder) if n.startswith("checkpoint-")),
                                         key=lambda n: int(n.split("-")[1])))
        return (load_file(os.path.join(place, "model.safetensors")),
                torch.load(os.path.join(place, "optimizer.pt"), weights_only=True))

    weights, optimizer = checkpoint("whole-model", "--gradient-checkpointing")
    shards, shared = checkpoint("full-shard", "--fsdp", "full_shard", "--gradient-checkpointing")
    assert list(weights) == list(shards), "the weights' names differ"
    assert optimizer["param_groups"] == shared["param_groups"], "the groups of parameters differ"
    assert optimizer["state"].keys() == shared["state"].keys(), "the parameters with a state differ"
    # Biases of keys have gradients of noise alone: softmax takes them out.
    noise = {"exp_avg": 1e-7, "exp_avg_sq": 1e-14}
    pairs = [(weights[name], shards[name], 1e-12) for name in weights]
    for number, state in optimizer["state"].items():
        assert state.keys() == shared["state"][number].keys(), f"the state of parameter {number} has other names"
        pairs += [(state[name], shared["state"][number][name], noise.get(name, 1e-12)) for name in state]
    worst = 0.0
    for one, other, least in pairs:
        assert one.shape == other.shape and one.dtype == other.dtype, f"{one.shape} {one.dtype} and {other.shape} {other.dtype}"
        worst = max(worst, ((one - other).abs().max() / one.abs().max().clamp(min=least)).item())
    assert worst < 1e-3, f"tensors differ by {worst}"
    return f"{len(pairs)} tensors, at most {worst:.1e} of their largest number apart"


def check_ranks(checks, trainer, model, data):
    program = os.path.join(os.path.dirname(trainer), "RankProgram")
    with tempfile.TemporaryDirectory() as work:
        checks.check("torchrun starts our command on two ranks", lambda: check_command(trainer, model, data, work))
        checks.check("torchrun restarts our ranks after kill -9", lambda: check_restart(program, work))
        checks.check("we resume Python's two ranks", lambda: check_we_resume_python(program, work))
        checks.check("Python resumes our two ranks", lambda: check_python_resumes_us(program, work))
        checks.check("Python resumes our two ranks of shard_grad_op",
                     lambda: check_python_resumes_shards(program, work))
        checks.check("full_shard's checkpoint is that of ranks that share nothing",
                     lambda: check_full_shard(trainer, model, data, work))


def rank_of_python(folder, resume):
    import torch
    from safetensors.torch import load_file
    from transformers import Trainer, TrainingArguments, default_data_collator

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fixtures"))
    import rank_runs

    tensors = load_file(os.path.join(RUNS, "plain.safetensors"))

    class Rows(torch.utils.data.Dataset):
        def __init__(self, prefix):
            self.x, self.y = tensors[prefix + "input_ids"], tensors[prefix + "labels"]

        def __len__(self):
            return len(self.x)

        def __getitem__(self, index):
            return {"input_ids": self.x[index], "labels": int(self.y[index])}

    network = rank_runs.network()
    network.load_state_dict({key[8:]: value for key, value in tensors.items() if key.startswith("initial.")})
    trainer = Trainer(
        model=network, args=TrainingArguments(folder, **ARGUMENTS), train_dataset=Rows(""), eval_dataset=Rows("eval_"),
        data_collator=default_data_collator)
    trainer.train(resume_from_checkpoint=os.path.join(folder, "checkpoint-8") if resume else None)
    if trainer.is_world_process_zero():
        with open(os.path.join(folder, "history.json"), "w") as file:
            json.dump(trainer.state.log_history, file)
    torch.distributed.barrier()
    sys.stdout.flush()
    # To take the group down can wait for ever: its thread needs the interpreter's lock, which who waits for the thread holds.
    os._exit(0)


if __name__ == "__main__":
    rank_of_python(sys.argv[1], sys.argv[2] == "1")
