#!/bin/sh
# What README.md, docs/smmuv3.md and docs/gic.md say the command answers is what it answers. TAP.
#
# usage: test_readme.sh REGNAP SOURCE-ROOT [renew]
#
# With "renew" the pages take over what has changed in numbers alone: steps, lines, counts.
set -u
regnap=$(realpath "$1")
cd "$2" || exit 2
root=$(pwd)
how=${3:-check}
. tests/tools/tap.sh

# Sources of drivers are looked up from here, and counterexamples go here.
cp -r drivers "$dir" && cd "$dir" || exit 2

shown() { python3 "$root/tests/tools/shown.py" "$@"; }

# shows PAGE COMMAND-LINE: the page has it, and what stands below it is its answer.
shows()
{
    # shellcheck disable=SC2086 # words of a command line, names of files among them
    "$regnap" ${2#regnap } >"$out" 2>"$err"
    shown "$how" "$root/$1" "$2" "$out"
}

# Of README.md not those that take long or need a driver from elsewhere.
for command in 'regnap run ipmmu-resume --variant v9' \
    'regnap explore ipmmu-resume --variant two-pass --vary order,latency,retain --budget 20000 --out out' \
    'regnap diff v9 v10 ipmmu-resume --vary none' \
    'regnap run smmu-sensitive --variant rfc-v1' \
    'regnap explore smmu-suspend --variant converged --vary latency,abort,loss --require-proof'; do
    check "$command" shows README.md "$command"
done

for page in docs/smmuv3.md docs/gic.md; do
    shown commands "$root/$page" >commands
    while read -r command; do
        check "$command" shows "$page" "$command" </dev/null
    done <commands
    check "$page shows commands" test -s commands
done

# The judge can say no.
another()
{
    run run smmu-suspend --variant rfc-v1
    ! shown check "$root/docs/smmuv3.md" 'regnap run smmu-suspend --variant converged' "$out"
}
check 'an answer to another command is not the one that a page shows' another

echo "1..$n"
