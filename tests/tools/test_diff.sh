#!/bin/sh
# Two forms of a driver beside each other: regnap diff. TAP.
#
# usage: test_diff.sh REGNAP SOURCE-ROOT DRIVER-OBJECT ANOTHER
set -u
regnap=$(realpath "$1")
toy=$(realpath "$3")
poking=$(realpath "$4")
cd "$2" || exit 2
. tests/tools/tap.sh
cd "$dir" || exit 2

# told TEXT: stands in the answer, wherever its lines end.
told() { tr -s '\n ' '  ' <"$out" | grep -qF -e "$1"; }

# --- usage ---

refuses 'no variants are refused' 'found no argument, expected two variants' diff
refuses 'one variant is refused' 'found too few arguments, expected two variants' diff v9
refuses 'no scenario is refused' 'found no scenario' diff v9 v10
refuses 'a fourth argument is refused' "one argument too many: 'again'" diff v9 v10 ipmmu-resume again
refuses 'an unknown variant is refused' "unknown variant 'v8'" diff v9 v8 ipmmu-resume
refuses 'an object that is not there is refused' 'none.so: No such file' diff v9 ./none.so \
    ipmmu-resume
for option in --variant --driver; do
    refuses "diff has no $option" "unknown option '$option'" diff v9 v10 ipmmu-resume $option x
done
refuses 'a random comparison proves nothing' 'expected exhaustive' diff v9 v10 ipmmu-resume \
    --strategy random --require-proof
run diff --help
check 'help tells of it' all 'exits 0' 'says "diff A B SCENARIO"' 'says --budget' '! says --driver' \
    'says "or none: the plainest run alone"' 'says "default of explore and diff:"'

# --- as a review comment ---

run diff v9 v10 ipmmu-resume --vary none
check 'a fix: exit 0' all 'exits 0' silent
check 'the verdict of each' all 'told "v9: violation, 9 distinct"' \
    'told "v10: proved, no violation in the one run there is"'
check 'what is gone, by rule, units, register, line' all 'told "gone with v10: 9"' \
    'told "ipmmu-root-before-utlb, IMUCTR of ds0, ds1, hc, at drivers/ipmmu/backup.c:24"' \
    'told "new with v10: none"'
# docs/ipmmu-facts.md 5.1 and 5.2: v10 only turns the walk round.
check 'the order that changed, in one sentence with its lines' told \
    'v10 writes IMSCTLR, IMSAUXCTLR, IMTTLBR0, IMTTUBR0, IMTTBCR, IMCTR of mm and IMCTR of caches'\
' before IMSCTLR, IMUASID, IMUCTR of caches; v9 after them (drivers/ipmmu/backup.c:42, then'
check 'and nothing else' told 'the same in both: writes, waits, reads, barriers'
check 'obligations that got shorter' all 'told "sdhi0 behind ds1: bypass for "' \
    'told "v9 until mm.IMCTR[1] at drivers/ipmmu/backup.c:42"' \
    'told "v10 until ds1.IMUCTR[32] at drivers/ipmmu/backup.c:24"'
check 'a screenful of lines that fit a mail' all '[ "$(wc -l <"$out")" -le 50 ]' \
    '[ "$(awk "length > 72" "$out" | wc -l)" -eq 0 ]' '! grep -q "	" "$out"'
check 'no counterexamples for a clean B' [ ! -e regnap-out ]

run diff v10 v9 ipmmu-resume --vary none
check 'the other way round: exit 1' all 'exits 1' 'told "new with v9: 9"'
check 'counterexamples of B are written and named' all '[ "$(ls regnap-out | wc -l)" -eq 9 ]' \
    'told "regnap replay regnap-out/ipmmu-root-before-utlb-ds0-"'
run replay "$(ls -d regnap-out/ipmmu-root-before-utlb-ds0-*)"
check 'and replay' exits 1
rm -r regnap-out

run diff two-pass two-pass-sync ipmmu-resume --vary none
check 'waits that were added, with their line' all 'exits 0' \
    'told "only two-pass-sync waits for IMCTR of mm in resume (drivers/ipmmu/ipmmu.c:"' \
    'told "the same in both: order of writes, reads"'
check 'barriers that were added' told 'DSB SY in resume: 0 with two-pass, 2 with two-pass-sync'
check 'values that changed' all \
    'told "other values for IMUCTR of caches in resume"' \
    'told "two-pass: 0x21 (TTSEL=2 MMUEN=1) two-pass-sync: 0x23 (TTSEL=2 FLUSH=1 MMUEN=1)"'
run diff v9 v9 ipmmu-resume --vary none
check 'a form beside itself: the same' all 'exits 1' 'told "in both: 9"' 'told "new with v9: none"' \
    'told "the same in both: order of writes, writes, waits, reads, barriers"' \
    'told "obligations on the platform: the same"'

run diff recommended two-pass ipmmu-resume --vary latency,retain --budget 300
check 'what has to happen for a new violation' all 'exits 1' \
    'told "when ds0.IMCTR[2], 2nd time: work finishes late; ds0: TLB content after power loss: kept"'

# In v9 the IMCTR write of the second pass comes after the micro-TLB, in v10 before it: what DMA
# meets is the same, and only another of the two writes makes it so.
run diff v9 v10 ipmmu-resume --vary latency,retain --budget 300
check 'the same wrong at another register has moved: exit 1' all 'exits 1' \
    'told "new with v10: 3 ipmmu-flush-before-utlb"' \
    'told "moved with v10, the same in such a story but at another register: 3 dma-freshness, IMUCTR of ds0, ds1, hc"' \
    'told "with v9: IMCTR of ds0, ds1, hc, at drivers/ipmmu/backup.c:42"' \
    'told "dma-freshness, IMCTR of mm, at"' '[ "$(awk "length > 72" "$out" | wc -l)" -eq 0 ]'
run diff v9 v10 ipmmu-resume --vary latency,retain --budget 300 --json
check 'moved names both places' json '
    {v["rule"] for v in o[-1]["new"]} == {"ipmmu-flush-before-utlb"} and
    len(o[-1]["moved"]) == 3 and all(v["rule"] == "dma-freshness" and v["line"] == 24 and
    {(f["rule"], f["register"][:5], f["line"]) for f in v["from"]} == {("dma-freshness", "IMCTR", 42)}
    for v in o[-1]["moved"]) and len(o[-1]["gone"]) == 10'

# --- what a search that ends early leaves open ---

run diff two-pass v10 ipmmu-resume --vary latency,retain --budget 300 --json --out "$dir/o"
check 'what both show is in both, also where a search ended early' all 'exits 1' 'json "
    o[-1][\"both\"] and o[-1][\"new\"] == [] and not o[-1][\"a\"][\"exhausted\"]"'
# 80 executions do for two-pass to show all six, and for v10 to show none; v10 has them all.
run diff two-pass v10 ipmmu-resume --vary latency,retain --budget 80 --json
check 'what A has found is tried on B: exit 1' all 'exits 1' 'json "
    o[-1][\"b\"][\"verdict\"] == \"none-found\" and len(o[-1][\"both\"]) == 6 and
    o[-1][\"new\"] == o[-1][\"gone\"] == []"'
run diff two-pass v10 ipmmu-resume --vary latency,retain --budget 80
check 'and told so' told 'in both, found with two-pass and shown by v10 in the same run: 6'
run diff v9 recommended ipmmu-resume --vary order --budget 20 --require-proof
check 'a proof that is missing: exit 4' all 'exits 4' 'told "gone with recommended, as far as was searched"'

# --- JSON ---

run diff v9 v10 ipmmu-resume --vary none --json
check 'the summaries of both, then one diff' json '
    [x["type"] for x in o] == ["summary", "summary", "diff"] and
    [x["variant"] for x in o[:2]] == ["v9", "v10"]'
check 'its keys come in the order of design.md' json 'list(o[-1]) == ["type", "schema",
    "scenario", "soc", "version", "model_digest", "a", "b", "new", "gone", "moved", "both", "order", "order_whole",
    "writes", "waits", "reads", "barriers", "obligations"]'
check 'violations are named one by one' json '
    len(o[-1]["gone"]) == 9 and o[-1]["new"] == o[-1]["both"] == [] and
    all(v["line"] == 24 and v["register"].startswith("IMUCTR[") for v in o[-1]["gone"])'
check 'the change of order' json '
    len(o[-1]["order"]) == 1 and o[-1]["order"][0]["when"] == "resume" and
    o[-1]["order"][0]["a"] == "after" and o[-1]["order"][0]["b"] == "before" and
    {(c["units"], c["register"]) for c in o[-1]["order"][0]["writes"]} ==
    {("mm", r) for r in ("IMSCTLR", "IMSAUXCTLR", "IMTTLBR0", "IMTTUBR0", "IMTTBCR", "IMCTR")} |
    {("caches", "IMCTR")} and
    {(c["units"], c["register"]) for c in o[-1]["order"][0]["others"]} ==
    {("caches", r) for r in ("IMSCTLR", "IMUASID", "IMUCTR")}'
check 'obligations of the four masters' json '
    sorted(b["master"] for b in o[-1]["obligations"]) == ["avb", "dmac1", "sata", "sdhi0"] and
    all(b["b"]["accesses"] < b["a"]["accesses"] for b in o[-1]["obligations"])'
cp "$out" first
run diff v9 v10 ipmmu-resume --vary none --json
check 'the same comparison again is the same bytes' cmp -s "$out" first
run diff two-pass recommended ipmmu-resume --vary none --json
check 'writes that were added' json '
    [(w["change"], w["places"]) for w in o[-1]["writes"]
     if (w["units"], w["register"]) == ("mm", "IMSTR")] == [("added", 2)]'
run diff v10 v9 ipmmu-resume --vary none --json --rules ipmmu-root-before-utlb
check 'B has violation objects and counterexamples' all 'exits 1' 'json "
    [x[\"type\"] for x in o] == [\"summary\"] + 3 * [\"violation\"] + [\"summary\", \"diff\"] and
    all(v[\"counterexample\"].startswith(\"regnap-out/\") for v in o[-1][\"new\"])"'
echo 'ipmmu-root-before-utlb, *, known' >allow.txt
run diff v10 v9 ipmmu-resume --vary none --rules ipmmu-root-before-utlb --allow allow.txt
check 'what is allowed is no difference' all 'exits 0' 'told "violations: none in either"' \
    'told "allowed by allow.txt:1: known"'
check 'and fits a mail' [ "$(awk 'length > 72' "$out" | wc -l)" -eq 0 ]

# --- driver objects ---

cat >toy.yaml <<'YAML'
scenario: toy-sleep
title: A machine that sleeps without guests
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
run diff "$toy" "$poking" --scenario toy.yaml --soc rcar-h3 --vary none
check 'two objects' all 'exits 1' silent 'told "poking against toy"' \
    'told "toy: proved, no violation"' 'told "new with poking: 1"' 'told "register-protocol"'
cp "$toy" again.so
run diff "$toy" ./again.so --scenario toy.yaml --soc rcar-h3 --vary none
check 'the same object under two names' all 'exits 0' silent 'told "violations: none in either"'
mkdir other
cp "$poking" other/toy.so
run diff "$toy" other/toy.so --scenario toy.yaml --soc rcar-h3 --vary none
check 'objects of one name go by their files' all 'exits 1' 'told "new with other/toy.so: 1"'

echo "1..$n"
