#!/bin/sh
# Summaries for a mailing list: --summary-mail. TAP.
#
# usage: test_mail.sh REGNAP SOURCE-ROOT DRIVER-OBJECT
set -u
regnap=$(realpath "$1")
toy=$(realpath "$3")
cd "$2" || exit 2
root=$(pwd)
. tests/tools/tap.sh
cd "$dir" || exit 2

told() { tr -s '\n ' '  ' <"$out" | grep -qF -e "$1"; }

# fits NAME: what is in $out can be pasted into a mail.
fits()
{
    check "$1: plain ASCII, no tabs, 72 columns, no blanks at the end" all \
        '[ "$(LC_ALL=C awk "length > 72" "$out" | wc -l)" -eq 0 ]' '[ -s "$out" ]' \
        '! LC_ALL=C grep -q "[^ -~]" "$out"' '! grep -q " $" "$out"'
}

refuses 'a mail is no JSON' 'expected one of them' run ipmmu-resume --json --summary-mail
refuses 'a replay has no mail' "unknown option '--summary-mail'" replay x.json --summary-mail
refuses 'it takes no value' 'takes no value' run ipmmu-resume --summary-mail=yes

# --- run ---

run run ipmmu-resume --variant v9 --summary-mail
check 'run: exit status as without' all 'exits 1' silent
fits run
cp "$out" first
check 'run: what was run on what' all 'told "regnap 0.1.0 on machine rcar-h3 (models "' \
    'says "  regnap run ipmmu-resume --variant v9"'
check 'run: the verdict in one sentence' says 'v9: violation, 9 distinct.'
check 'run: each rule and line once, with all units' all \
    '[ "$(grep -c "^ *[0-9]*\. " "$out")" -eq 3 ]' 'says "  1. ipmmu-root-before-utlb"' \
    'told "at drivers/ipmmu/backup.c:24, IMUCTR of hc, ds1, ds0"'
check 'run: obligations in one sentence' \
    told 'Obligations: the platform keeps sdhi0, dmac1, avb, sata from sending, for up to'
check 'run: bounds, and what is not modelled' all 'told "Bounds: masters held, probe order"' \
    'told "Not modelled: nothing that these runs used."'
# The command that the mail names gives the mail again.
command=$(sed -n 's/^  regnap //p' "$out")
# shellcheck disable=SC2086
run $command --summary-mail
check 'run: its command says the same again' cmp -s "$out" first
run run ipmmu-resume --summary-mail --seed 3 --switch P02=fault --no-rule dma-isolation
check 'run: a clean one claims no more than that' all 'exits 0' \
    'told "recommended: clean for some of the rules; one run, which proves nothing about others."' \
    'told "switches P02=fault"' 'told "Not all rules judge; rules off: dma-isolation."'
fits 'run with switches'

# --- paths of this machine stay here ---

mkdir -p "$dir/a folder/deep"
cp "$root/scenarios/ipmmu-resume.yaml" "$dir/a folder/deep/mine.yaml"
run run --scenario "$dir/a folder/deep/mine.yaml" --variant v9 --out "$dir/o" --trace "$dir/t" \
    --summary-mail --soc="$root/models/soc/rcar-h3.yaml"
check 'no folders of this machine, no --out, no --trace' all 'exits 1' \
    'says "  regnap run --scenario mine.yaml --variant v9 --soc=rcar-h3.yaml"' \
    '! grep -qF "$dir" "$out"' '! grep -qF "$root" "$out"'
cp "$dir/a folder/deep/mine.yaml" "my scenario.yaml"
run run --scenario "my scenario.yaml" --summary-mail
check 'words with blanks are quoted' says "regnap run --scenario 'my scenario.yaml'"
run explore ipmmu-resume --variant v9 --vary none --masters held --policy eager --profile zero \
    --budget 1000 --strategy exhaustive --summary-mail
check 'a long command goes on in the next line' all 'grep -q "^  regnap explore .* \\\\$" "$out"' \
    'grep -q "^      --" "$out"'
fits 'a long command'

# --- explore ---

run explore ipmmu-resume --variant two-pass --vary latency,retain --budget 2000 --out six \
    --summary-mail
check 'explore: sentence, story, budget' all 'exits 1' \
    'told "two-pass: violation, 6 distinct; not all executions were run ("' \
    'says "       - ds0.IMCTR[2], 2nd time: work finishes late"' 'says "Story: as above."' \
    'told "Budget: 2 000 executions."'
fits explore
check 'explore: counterexamples are written as ever' [ "$(ls six | wc -l)" -eq 6 ]
run explore ipmmu-resume --variant two-pass --vary order --require-proof --summary-mail
check 'explore: a proof' all 'exits 0' \
    'told "two-pass: proved, no violation in all 20922789888000 orders ("' '! told "Budget"'
fits 'a proof'
printf 'ipmmu-root-before-utlb, IMUCTR, gr\303\274n: %s\n' "$(printf '%0200d' 0)" >allow.txt
run run ipmmu-resume --variant v9 --allow allow.txt --summary-mail
check 'what is allowed is told' told '19 allowed by allow.txt:1: gr?n:'
fits 'a word that fits no line, and one that is not ASCII'

# --- diff, objects ---

run diff v9 v10 ipmmu-resume --vary none --summary-mail
check 'diff: command, comparison, bounds' all 'exits 0' \
    'says "  regnap diff v9 v10 ipmmu-resume --vary none"' 'told "gone with v10: 9"' \
    'told "v9 after them (drivers/ipmmu/backup.c:42, then"' 'told "Bounds: masters held"'
fits diff
cat >toy.yaml <<'YAML'
scenario: toy-sleep
title: A machine that sleeps without guests
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
run run --scenario toy.yaml --soc rcar-h3 --driver "$toy" --set driver.mode=poke --summary-mail
check 'an object: its name, its line, who called' all 'exits 1' 'told "--driver toy.so"' \
    'told "in poke, called by go_wrong, called by restore"' 'says "Obligations: none."'
fits 'an object'

echo "1..$n"
