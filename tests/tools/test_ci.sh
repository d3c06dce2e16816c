#!/bin/sh
# examples/ci on a small series of patches to a driver. TAP.
#
# usage: test_ci.sh REGNAP SOURCE-ROOT C-COMPILER...
set -u
REGNAP=$(realpath "$1")
regnap=$REGNAP
cd "$2" || exit 2
root=$(pwd)
shift 2
CC=$*
. tests/tools/tap.sh
command -v git >/dev/null || { echo '1..0 # SKIP no git'; exit 0; }
export REGNAP CC

# --- a tree whose history is a series ---

git_quietly()
{
    git -c user.name=Nobody -c user.email=nobody@example.org -c commit.gpgsign=false \
        -c init.defaultBranch=main -c core.hooksPath=/dev/null "$@" >/dev/null 2>"$err"
}
commit() { git_quietly commit -q -a -m "$1" && git tag "$2"; }

mkdir "$dir/tree"
cd "$dir/tree" || exit 2
cp "$root/tests/tools/toy.c" .
cat >build <<'SH'
#!/bin/sh
$CC -I"$INCLUDE" -shared -fPIC -g -fno-inline -fno-omit-frame-pointer toy.c -o "$1"
SH
chmod +x build
cat >"$dir/toy.yaml" <<'YAML'
scenario: toy-sleep
title: A machine that sleeps without guests
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
git_quietly init -q .
git_quietly add build toy.c
commit 'toy: a driver' base
echo '/* reviewed */' >>toy.c
commit 'toy: say that it is reviewed' clean
sed -i '1i #define TOY_MODE "poke"' toy.c
commit 'toy: poke' broken
echo '/* again */' >>toy.c
commit 'toy: review again' stays
sed -i 1d toy.c
commit 'toy: do not poke' mended
echo 'no C' >>toy.c
commit 'toy: what no compiler takes' rubbish

INCLUDE=$root/include
REGNAP_BUILD=./build
REGNAP_RUN="--scenario $dir/toy.yaml --soc rcar-h3 --vary none"
export INCLUDE REGNAP_BUILD REGNAP_RUN

# series BASE TIP: the script, its answers kept.
series()
{
    rm -rf regnap-series
    "$root/examples/ci/check-series" "$@" >"$out" 2>"$err"
    status=$?
}
# shellcheck disable=SC2086 # the name may be a pattern
has() { grep -qE -e "$2" regnap-series/$1; }
told() { tr -s '\n ' '  ' <"regnap-series/$1" | grep -qF -e "$2"; }

# --- usage ---

series base
check 'one commit is refused' all 'exits 2' 'grep -q "expected BASE TIP" "$err"'
series base nothing
check 'an unknown commit is refused' all 'exits 2' 'grep -q "found .nothing., expected a commit" "$err"'
series clean base
check 'no commits between are refused' all 'exits 2' 'grep -q "found no commits" "$err"'
REGNAP_ALLOW=none.txt series base clean
check 'an allow file that is not there is refused' exits 2
REGNAP_RUN='no-such-scenario' series base clean
check 'what regnap refuses is an error' all 'exits 2' 'grep -q "unknown scenario" "$err"'
REGNAP_BUILD=false series base clean
check 'a base that does not build is an error' all 'exits 2' \
    'grep -q "base does not build" "$err"'

# --- series ---

series base clean
check 'a clean series: exit 0' all 'exits 0' silent 'lines 1' \
    'says "no violation  toy: say that it is reviewed"'
check 'with answers to send' all 'has diff.txt "^ *regnap diff base.so 0001-.*\.so"' \
    'has "0001-*.txt" "proved, no violation"' 'told diff.txt "violations: none in either"'
check 'in lines that fit a mail' \
    [ "$(cat regnap-series/*.txt | awk 'length > 72' | wc -l)" -eq 0 ]
series base stays
check 'a commit that breaks it: exit 1, and which one' all 'exits 1' silent 'lines 3' \
    'has series.txt "^0001-[0-9a-f]{12}  no violation "' \
    'has series.txt "^0002-[0-9a-f]{12}  NEW VIOLATION  toy: poke$"'
check 'the whole series says what is new, with its line' all \
    'told diff.txt "register-protocol"' 'has diff.txt "toy.c:[0-9]+"'
check 'and its counterexample replays' \
    [ -e "$(find regnap-series/counterexamples -name 'register-protocol-*.json' | head -n 1)" ]
series base mended
check 'mended later is broken in between' all 'exits 1' 'lines 4' \
    'has series.txt "NEW VIOLATION  toy: poke$"' 'told diff.txt "violations: none in either"' \
    'has series.txt "^0004-.*  no violation  toy: do not poke$"'
series broken stays
check 'what the base shows is not new: exit 0' all 'exits 0' silent \
    'has series.txt "  as the base  toy: review again$"'
git_quietly checkout -q -b aside stays
echo '/* from aside */' >>toy.c
commit 'toy: a series that left before it was mended' aside
git_quietly checkout -q main
series mended aside
check 'what the base has mended since is not held against a series: exit 0' all 'exits 0' silent \
    'lines 1' 'has series.txt "  as the base  toy: a series that left"'
alone=$(git -c user.name=Nobody -c user.email=nobody@example.org commit-tree 'base^{tree}' -m alone)
series "$alone" clean
check 'a series of another history is refused' all 'exits 2' 'grep -q "found no commit that" "$err"'
series mended rubbish
check 'a commit that does not build: exit 1' all 'exits 1' \
    'has series.txt "DOES NOT BUILD  toy: what no compiler takes$"' 'grep -q error regnap-series/*.build'
echo 'register-protocol, toy.c:poke, known, to be mended by the last patch' >"$dir/allow.txt"
REGNAP_ALLOW=$dir/allow.txt series base mended
check 'what is allowed is no reason to fail' all 'exits 0' 'lines 4' \
    'has series.txt "no violation  toy: poke$"' \
    'told "$(cd regnap-series && ls 0002-*.txt)" "allowed by"'
check 'the tree is left as it was' all '[ -z "$(git status --porcelain -uno)" ]' \
    '[ "$(git worktree list | wc -l)" -eq 1 ]'

# --- templates ---

for file in github gitlab; do
    check "$file.yml is YAML and names what is there" all \
        "python3 - '$root/examples/ci/$file.yml' <<'PYTHON' >/dev/null
import re, sys
text = open(sys.argv[1]).read()
assert '\t' not in text and 'check-series' in text and 'build-linux' in text
try:
    import yaml
    yaml.safe_load(text)
except ImportError:
    pass
PYTHON" "! grep -qi 'secrets\.' '$root/examples/ci/$file.yml'"
done
for file in check-series build-linux build-xen; do
    check "$file can be run" all "[ -x '$root/examples/ci/$file' ]" "sh -n '$root/examples/ci/$file'"
done

echo "1..$n"
