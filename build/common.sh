# Shared by the scripts in this folder; sourced, never run.
# Everything that is built or downloaded once lives under $cache_root, one folder per name and version. A folder appears there
# only when it is complete: the work happens in a temporary folder beside it, which is renamed at the end, under a lock.

cache_root="${SENTRY_OTEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sentry-otel-operator}"
repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
program="$(basename "$0")"
started=$SECONDS

# step TEXT: one line of progress, with the seconds since the script started.
step() { printf '[%s %4ds] %s\n' "$program" "$((SECONDS - started))" "$*"; }

# fail TEXT: ends the script with a reason.
fail() { printf '%s: %s\n' "$program" "$*" >&2; exit 1; }

# quietly LOG COMMAND...: runs a command with its output in a file; shows the end of the file when the command fails.
quietly() {
    local log="$1"
    shift
    if ! "$@" >>"$log" 2>&1; then
        printf '%s: failed: %s\nThe end of its output:\n' "$program" "$*" >&2
        tail -n 40 "$log" >&2
        return 1
    fi
}

# cached FOLDER BUILD: calls the function BUILD with an empty folder, and makes that folder appear as $cache_root/FOLDER.
# Returns at once when it is there already. Two callers at once: the second waits, and finds the first one's result.
# Never to be called from a condition: bash switches "set -e" off there, and a failed build would be kept.
cached() {
    local folder="$1" build="$2" target="$cache_root/$1" unfinished
    [ -d "$target" ] && return 0
    mkdir -p "$cache_root"
    (
        flock 9
        [ -d "$target" ] && exit 0
        unfinished="$(mktemp -d "$cache_root/.unfinished-$folder.XXXXXX")"
        trap 'chmod -R u+w "$unfinished" 2>/dev/null; rm -rf "$unfinished"' EXIT
        mkdir "$unfinished/result" "$unfinished/work"
        "$build" "$unfinished/result" "$unfinished/work"
        mv "$unfinished/result" "$target"
    ) 9>"$cache_root/.lock-$folder"
}

# debian_mirror: the archive that this machine's apt is configured with for Debian 12.
debian_mirror() {
    local found
    found="$(apt-get indextargets --format '$(RELEASE)|$(REPO_URI)' | awk -F'|' '$1 == "bookworm" { print $2; exit }')"
    [ -n "$found" ] || fail "apt is not configured for Debian 12 (bookworm), whose source packages this script builds"
    printf '%s' "$found"
}

# machine_architecture: this machine's, as images name it.
machine_architecture() { uname -m | sed -e 's/x86_64/amd64/' -e 's/aarch64/arm64/'; }

# read_platform PLATFORM: sets $architecture (amd64, arm64), $gcc, $cross where that is not this machine's, and the folders of what is built for it: $programs, $images.
# What is for this machine is in artifacts itself.
read_platform() {
    local machine
    machine="$(machine_architecture)"
    architecture="${1:-linux/$machine}"
    architecture="${architecture#linux/}" cross='' programs=artifacts images=artifacts/images
    case "$architecture" in
        amd64) runtime=linux-x64 triplet=x86_64-linux-gnu ;;
        arm64) runtime=linux-arm64 triplet=aarch64-linux-gnu ;;
        *) fail "unknown platform $1 (known: linux/amd64, linux/arm64)" ;;
    esac
    gcc=gcc
    [ "$architecture" = "$machine" ] || cross=yes gcc="$triplet-gcc" programs="artifacts/$architecture" images="artifacts/images/$architecture"
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 126
    fi
}
