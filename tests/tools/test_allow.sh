#!/bin/sh
# Suppressions: --allow. TAP.
#
# usage: test_allow.sh REGNAP SOURCE-ROOT DRIVER-OBJECT
set -u
regnap=$(realpath "$1")
toy=$(realpath "$3")
cd "$2" || exit 2
root=$(pwd)
. tests/tools/tap.sh
cd "$dir" || exit 2

# allow LINE...: what is allowed from here on.
allow() { printf '%s\n' "$@" >allow.txt; }

refuses '--allow needs a name' 'expected a file name' run ipmmu-resume --allow ''
refuses '--allow: a file that is not there is refused' 'none.txt: No such file' run ipmmu-resume \
    --allow none.txt
refuses '--allow: a directory is refused' 'directory' run ipmmu-resume --allow .
allow '# known' 'dma-isolation, IMUCTR'
refuses 'a line without a reason is refused with its number' \
    'allow.txt:2: found '"'dma-isolation'"', expected RULE, PLACE, REASON' run ipmmu-resume \
    --allow allow.txt
allow 'dma-isolatoin, IMUCTR, why'
refuses 'an unknown rule is refused' "allow.txt:1: found rule 'dma-isolatoin'" explore \
    ipmmu-resume --allow allow.txt
head -c 4096 /dev/urandom >binary
refuses 'a binary file is refused' 'binary:1: ' run ipmmu-resume --allow binary
refuses 'a replay has no --allow' "unknown option '--allow'" replay x.json --allow allow.txt

# --- run ---

chain='ipmmu-root-before-utlb ipmmu-cache-context-before-utlb ipmmu-controls-before-utlb'
: >all.txt
for rule in $chain; do
    echo "$rule, IMUCTR, what v9 is known for" >>all.txt
done
run run ipmmu-resume --variant v9 --allow all.txt --json
check 'what is allowed does not count' all 'exits 0' silent 'json "
    o[0][\"verdict\"] == \"clean\" and o[0][\"violations\"] == []"'
check 'but is counted: 17 ports of ds1, one each of ds0 and hc' json '
    [(a["line"], a["rule"], a["place"], a["reason"], a["count"]) for a in o[0]["allowed"]] == [
        (1, "ipmmu-root-before-utlb", "IMUCTR", "what v9 is known for", 19),
        (2, "ipmmu-cache-context-before-utlb", "IMUCTR", "what v9 is known for", 19),
        (3, "ipmmu-controls-before-utlb", "IMUCTR", "what v9 is known for", 19)]'
check 'with the places that it covered' json '
    [(c["device"], c["register"], c["count"]) for c in o[0]["allowed"][0]["covered"]] ==
    [("hc", "IMUCTR[2]", 1), ("ds1", "IMUCTR[0]", 17), ("ds0", "IMUCTR[16]", 1)] and
    all(c["file"] == "drivers/ipmmu/backup.c" and c["line"] > 0
        for a in o[0]["allowed"] for c in a["covered"])'
run run ipmmu-resume --variant v9 --allow all.txt
check 'text: the verdict tells of it' all 'exits 0' \
    'says "v9: clean, but for 57 violations that all.txt allows"' \
    'says "19 allowed by all.txt:2: what v9 is known for"'
run run ipmmu-resume --variant v9 --json
check 'without --allow nothing is said' json '"allowed" not in o[0]'

# One port of seventeen: the others stay.
allow 'ipmmu-root-before-utlb, ds1.IMUCTR[0], only this one'
run run ipmmu-resume --variant v9 --rules ipmmu-root-before-utlb --allow allow.txt --json
check 'an entry of one element covers no other' all 'exits 1' 'json "
    [a[\"count\"] for a in o[0][\"allowed\"]] == [1] and
    [(v[\"device\"], v[\"register\"], v[\"count\"]) for v in o[0][\"violations\"]] ==
    [(\"hc\", \"IMUCTR[2]\", 1), (\"ds1\", \"IMUCTR[1]\", 16), (\"ds0\", \"IMUCTR[16]\", 1)]"'
allow 'ipmmu-root-before-utlb, hc.*, one' 'ipmmu-root-before-utlb, backup.c:24, two' \
    'ipmmu-root-before-utlb, backup.c:25, three' \
    'ipmmu-root-before-utlb, backup.c:restore_ports, four' 'no-progress, rt9.IMCTR, five'
run run ipmmu-resume --variant v9 --rules ipmmu-root-before-utlb --allow allow.txt --json
line=$(grep -n 'master->ids\[i\], IMUCTR, own->backup\[i\].imuctr);' \
    "$root/drivers/ipmmu/backup.c" | cut -d: -f1)
check 'a line of a file by the end of its name' [ "$line" -eq 24 ]
check 'the first entry that fits counts' all 'exits 0' 'json "
    [a[\"count\"] for a in o[0][\"allowed\"]] == [1, 18, 0, 0, 0]"'
run run ipmmu-resume --variant v9 --rules ipmmu-root-before-utlb --allow allow.txt
check 'text: what is unused is told' all 'says "unused: allow.txt:3: "' \
    '! says "unused: allow.txt:2"'
check 'text: and why, where that can be known' all 'says "no functions)"' \
    'says "(no such device on this machine)"'
check 'text: stays within a terminal' [ "$(awk 'length > 100' "$out" | wc -l)" -eq 0 ]
allow '# nothing'
run run ipmmu-resume --variant v9 --allow allow.txt --json
check 'an empty list allows nothing' all 'exits 1' \
    'json "o[0][\"allowed\"] == [] and len(o[0][\"violations\"]) == 9"'
allow 'ipmmu-power-up-bypass, *, the platform keeps masters in reset'
run run ipmmu-resume --masters live --allow allow.txt --json
check 'an outcome rule can be allowed' all 'exits 0' 'json "o[0][\"allowed\"][0][\"count\"] > 0"'

# --- explore ---

allow 'ipmmu-flush-before-utlb, ds0.*, ds0 is held'
run explore ipmmu-resume --variant two-pass --vary latency,retain --budget 2000 --json
found='sorted((v["rule"], v["device"]) for v in o[-1]["violations"])'
check 'a search finds six' all 'exits 1' "json '$found == [
    (\"dma-freshness\", \"ds0\"), (\"dma-freshness\", \"ds1\"), (\"dma-freshness\", \"hc\"),
    (\"ipmmu-flush-before-utlb\", \"ds0\"), (\"ipmmu-flush-before-utlb\", \"ds1\"),
    (\"ipmmu-flush-before-utlb\", \"hc\")]'"
rm -r regnap-out
run explore ipmmu-resume --variant two-pass --vary latency,retain --budget 2000 --allow allow.txt \
    --json
check 'what is allowed hides none of the others' all 'exits 1' "json '$found == [
    (\"dma-freshness\", \"ds0\"), (\"dma-freshness\", \"ds1\"), (\"dma-freshness\", \"hc\"),
    (\"ipmmu-flush-before-utlb\", \"ds1\"), (\"ipmmu-flush-before-utlb\", \"hc\")]'"
check 'its summary counts it' json '
    o[-1]["allowed"][0]["count"] > 0 and
    [c["device"] for c in o[-1]["allowed"][0]["covered"]] == ["ds0"] and
    all("allowed" not in x for x in o[:-1])'
check 'what is allowed gets no counterexample' all '! ls regnap-out | grep -q "flush.*-ds0-"' \
    'ls regnap-out | grep -q "flush.*-ds1-"'
file=$(ls regnap-out/ipmmu-flush-before-utlb-ds1-*)
run replay "$file"
check 'what is not allowed replays' all 'exits 1' silent
run explore ipmmu-resume --variant v9 --vary order --require-proof --allow all.txt
check 'a proof tells what it allows' all 'exits 0' \
    'says "v9: proved, no violation in all 20922789888000 orders, but for "' \
    'says "that all.txt allows"'

# --- functions, from debug information ---

cat >toy.yaml <<'YAML'
scenario: toy-sleep
title: A machine that sleeps without guests
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
pokes()
{
    run run --scenario toy.yaml --soc rcar-h3 --driver "$toy" --set driver.mode=poke \
        --allow allow.txt --json
}
allow 'register-protocol, toy.c:poke, it is a toy'
pokes
check 'a function of a driver object is allowed' all 'exits 0' silent \
    'json "o[0][\"allowed\"][0][\"count\"] == 1"'
allow 'register-protocol, toy.c:go_wrong, it only calls'
pokes
check 'one that only calls it is another' all 'exits 1' 'json "o[0][\"allowed\"][0][\"count\"] == 0"'

echo "1..$n"
