#!/bin/sh
# What README.md says the command answers is what it answers. TAP.
#
# usage: test_readme.sh REGNAP SOURCE-ROOT
set -u
regnap=$(realpath "$1")
cd "$2" || exit 2
root=$(pwd)
. tests/tools/tap.sh

# Sources of drivers are looked up from here.
cp -r drivers "$dir" && cd "$dir" || exit 2

# shows COMMAND-LINE: README.md has it, and what stands below it is its answer; "[...]" stands
# for any lines, and the digest in the name of a counterexample for any.
shows()
{
    # shellcheck disable=SC2086 # words of a command line
    run ${1#regnap }
    python3 - "$root/README.md" "$1" "$out" <<'PYTHON'
import re, sys

readme, command, answer = sys.argv[1:]
block = re.search(r"^```\n\$ " + re.escape(command) + r"\n(.*?)^```$", open(readme).read(), re.M | re.S)
assert block, "README.md has no block of it"
pattern = ""
for line in block.group(1).splitlines():
    if line.strip() == "[...]":  # any lines
        pattern += r"(?:.*\n)*?"
    else:
        pattern += re.sub(r"\\-[0-9a-f]{8}\\\.json$", r"-[0-9a-f]{8}[.]json", re.escape(line)) + "\n"
sys.exit(0 if re.fullmatch(pattern, open(answer).read()) else 1)
PYTHON
}

for command in 'regnap run ipmmu-resume --variant v9' \
    'regnap explore ipmmu-resume --variant two-pass --vary order,latency,retain --budget 20000 --out out' \
    'regnap diff v9 v10 ipmmu-resume --vary none'; do
    check "$command" shows "$command"
done

echo "1..$n"
