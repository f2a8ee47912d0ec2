# Sourced by the scripts that compare with Hugging Face's Python libraries: installs them into .deps/peer once and sets
# `python`. The product needs none of it.
#   SWIFT_TRAINER_PEER=/path/to/python   use this Python, which has the peer's packages already
transformers_version=5.23.0
peft_version=0.21.2

prepare_peer() {
    local peer="$root/.deps/peer" torch_version wanted pip
    torch_version=$(sed -n 's/^libtorch=\([0-9.]*\).*/\1/p' .deps/stamp)
    wanted="transformers $transformers_version torch $torch_version peft $peft_version"
    if [[ -n "${SWIFT_TRAINER_PEER:-}" ]]; then
        python="$SWIFT_TRAINER_PEER"
    else
        python="$peer/bin/python"
        if [[ ! -x "$python" || "$(cat "$peer/installed" 2>/dev/null)" != "$wanted" ]]; then
            printf '%s: installing the Python peer (%s) …\n' "$(basename "$0")" "$wanted"
            rm -rf "$peer"
            # Some systems split venv from Python; virtualenv does the same without it.
            if ! python3 -m venv "$peer" >/dev/null 2>&1; then
                rm -rf "$peer" "$peer.tools"
                python3 -m pip install --quiet --disable-pip-version-check --target "$peer.tools" virtualenv ||
                    fail "python3 has neither venv nor a working pip (Debian and Ubuntu: install python3-venv)"
                PYTHONPATH="$peer.tools" python3 -m virtualenv --quiet "$peer"
            fi
            pip=("$python" -m pip --disable-pip-version-check install --quiet)
            # As in setup: the CPU build where pip knows it, else PyTorch's own index of CPU builds.
            "${pip[@]}" "torch==$torch_version+cpu" 2>/dev/null ||
                "${pip[@]}" "torch==$torch_version" --index-url https://download.pytorch.org/whl/cpu \
                    --extra-index-url https://pypi.org/simple
            # numpy and accelerate are what Trainer's own files and code need.
            "${pip[@]}" "transformers==$transformers_version" "peft==$peft_version" safetensors numpy accelerate
            printf '%s' "$wanted" >"$peer/installed"
        fi
    fi
    export HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
}
