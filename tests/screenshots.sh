#!/bin/bash
# Pictures of every screen: `make shots`. Three sizes, light and dark, into target/shots. Somebody
# practises in them: a clip speaks in the microphone's place. To be looked at; nothing is compared.
set -eu
program=${1:?the program}
clips=${2:?the folder of clips}
out=${3:?the folder for the pictures}
sizes=${SIZES:-900x600 1280x800 2560x1440@2}
work=$(mktemp -d)
window= manager= screen=
# In this order: who draws goes before who is drawn on.
stop() { for process in $window $manager $screen; do kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true; done; window= manager= screen=; }
trap 'stop; rm -rf "$work"' EXIT
mkdir -p "$out"

# As large as the screen, without a frame.
cat >"$work/rc.xml" <<'END'
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*">
<decor>no</decor><maximized>yes</maximized></application></applications></openbox_config>
END

# A week of takes, good ones and others.
takes="situation:strong_situation_joe task:strong_task_joe action:weak_action_k1_am_adam result:strong_result_joe
  situation:disfluent_situation_k1_af_heart action:strong_action_k2_bf_isabella task:disfluent_task_k1_bm_lewis
  task:strong_task_am_michael result:paraphrase_result_k1_bm_fable situation:paraphrase_situation_k2_bf_emma"
for take in $takes; do
  STARLING_DATA=$work/week "$program" rehearse --fast --json --story webhook-drop --section "${take%%:*}" \
    --mic "wav:$(echo "$clips/${take#*:}".*)" >/dev/null
done

key() { xdotool key "$1"; sleep "${2:-0.6}"; }
shot() { import -window root "$out/$1-$name.png"; }

for size in $sizes; do
  for theme in light dark; do
    name=${size/@/-at-}-$theme
    name=${name/at-2/at-2x}
    for number in $(seq 130 160); do
      [ -e /tmp/.X11-unix/X$number ] || break
    done
    Xvfb :$number -screen 0 "${size%@*}x24" -nolisten tcp -noreset >"$work/xvfb.log" 2>&1 &
    screen=$!
    export DISPLAY=:$number
    until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done
    openbox --config-file "$work/rc.xml" >/dev/null 2>&1 &
    manager=$!
    cp -r "$work/week" "$work/data"
    echo "theme = \"$theme\"" >"$work/data/settings.toml"
    case $size in *@2) export WINIT_X11_SCALE_FACTOR=2 ;; *) export WINIT_X11_SCALE_FACTOR=1 ;; esac
    STARLING_DATA=$work/data "$program" open --story webhook-drop \
      --mic "wav:$(echo "$clips"/strong_situation_joe.*)" >"$work/log" 2>&1 &
    window=$!
    until xdotool search --onlyvisible --name '^Starling$' windowfocus >/dev/null 2>&1; do sleep 0.1; done
    sleep 3
    shot home
    key question; shot keys; key Escape
    key comma; shot settings; key End; shot bands; key Escape
    key k; shot kept; key Escape
    key h 1.5; shot history
    key x; shot export; key Escape
    key a; shot erase-all; key Escape
    key t 2; shot trends
    key Escape; key Escape
    key l; shot learn
    key 4; shot section
    key space 6; shot read-along; key space
    key 0; shot weak
    key q; shot quiz; key b; shot quiz-answered
    key Escape; key Escape
    key Return; shot ready
    key e; shot example; key e
    key space 1.5; shot count-in
    sleep 10; shot speaking
    key 1; key t; shot text-cues; key 2; key t
    sleep 12; key space 2; shot review
    key c 1.5; shot compare; key c
    key Escape
    key i; shot mock
    key Return; shot question
    key space 14; shot answering
    key space 3
    for _ in 1 2; do key space 8; key space 3; done
    shot verdict
    stop
    rm -rf "$work/data"
  done
done
echo "$(find "$out" -name '*.png' | wc -l) pictures in $out"
