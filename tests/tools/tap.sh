# shellcheck shell=sh
# What the tests of the command share; sourced with $regnap set, from the root of the sources. TAP.
LC_ALL=C
export LC_ALL

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
out=$dir/stdout
err=$dir/stderr
status=0
n=0

# --- helpers ---

# run ARG...: the command, with its answers kept.
run()
{
    "$regnap" "$@" >"$out" 2>"$err"
    status=$?
    # A sanitizer that only warns must not go unseen.
    if grep -q 'runtime error:' "$err"; then
        status=sanitizer
    fi
}

tell()
{
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
        return
    fi
    echo "not ok $n - $2"
    echo "# exit status $status"
    head -n 20 "$out" | cut -c 1-160 | sed 's/^/# stdout: /'
    head -n 20 "$err" | cut -c 1-160 | sed 's/^/# stderr: /'
}

# check NAME COMMAND...: the command succeeds.
check()
{
    what=$1
    shift
    "$@"
    tell $? "$what"
}

exits() { [ "$status" = "$1" ]; }
says() { grep -qF -e "$1" "$out"; }
silent() { [ ! -s "$err" ]; }
all() { for condition; do eval "$condition" || return 1; done; }
untouched() { [ "$(cat "$1")" = "$2" ]; }
lines() { [ "$(wc -l <"$out")" -eq "$1" ]; }

# json EXPRESSION: true of the objects o that stdout consists of, one per line.
json()
{
    python3 - "$out" "$1" <<'PYTHON'
import json, sys

def unique(pairs):
    assert len(dict(pairs)) == len(pairs), "a key twice"
    return dict(pairs)

o = [json.loads(line, object_pairs_hook=unique) for line in open(sys.argv[1])]
for each in o:
    assert each["schema"] == "regnap-1", each
sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)
PYTHON
}

# refuses NAME TEXT ARG...: exit status 2, nothing on stdout, one or two lines on stderr with
# TEXT in them.
refuses()
{
    what=$1
    text=$2
    shift 2
    run "$@"
    exits 2 && [ ! -s "$out" ] && [ "$(wc -l <"$err")" -le 2 ] && [ -s "$err" ] &&
        ! grep -qv '^regnap: ' "$err" && grep -qF -e "$text" "$err"
    tell $? "$what"
}

# edit FILE FROM TO NEW-FILE
edit()
{
    python3 - "$@" <<'PYTHON'
import sys
text = open(sys.argv[1]).read()
assert sys.argv[2] in text, sys.argv[2]
open(sys.argv[4], "w").write(text.replace(sys.argv[2], sys.argv[3], 1))
PYTHON
}
