# Sourced by the scripts: sets `root`, runs setup and exports what a build needs.
# The loader's search path stays as it was: our executables and tests find the libraries by their run
# path, as they do for a person who builds without these scripts.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root"

fail() {
    printf 'error: %s\n' "$1" >&2
    exit 1
}

prepare() {
    scripts/setup "$@"
    local loader="${LD_LIBRARY_PATH:-}" mac_loader="${DYLD_LIBRARY_PATH:-}"
    source .deps/env
    export LD_LIBRARY_PATH="$loader" DYLD_LIBRARY_PATH="$mac_loader"
    [[ -n "$loader" ]] || unset LD_LIBRARY_PATH
    [[ -n "$mac_loader" ]] || unset DYLD_LIBRARY_PATH
}
