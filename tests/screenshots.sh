#!/bin/bash
# Takes pictures of every screen in three sizes, light and dark: `make screenshots`. They are for looking at; nothing is
# compared. A clip serves as the microphone. SIZES selects the sizes; @2 doubles the scale.
set -eu
program=${1:?usage: screenshots.sh PROGRAM CLIPS OUT}
clips=${2:?usage: screenshots.sh PROGRAM CLIPS OUT}
out=${3:?usage: screenshots.sh PROGRAM CLIPS OUT}
sizes=${SIZES:-900x600 1280x800 2560x1440@2}
work=$(mktemp -d)
window= manager= screen=
# The X server ends last, because the others draw on it.
stop() {
  for process in $window $manager $screen; do
    kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true
  done
  window= manager= screen=
}
trap 'stop; rm -rf "$work"' EXIT
mkdir -p "$out"

# The window fills the screen and has no frame.
cat >"$work/rc.xml" <<'END'
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*">
<decor>no</decor><maximized>yes</maximized></application></applications></openbox_config>
END

record_history() {
  local takes take
  takes="situation:strong_situation_joe task:strong_task_joe action:weak_action_k1_am_adam result:strong_result_joe
    situation:disfluent_situation_k1_af_heart action:strong_action_k2_bf_isabella task:disfluent_task_k1_bm_lewis
    task:strong_task_am_michael result:paraphrase_result_k1_bm_fable situation:paraphrase_situation_k2_bf_emma"
  for take in $takes; do
    STARLING_DATA=$work/history "$program" rehearse --fast --json --story webhook-drop --section "${take%%:*}" \
      --mic "wav:$(echo "$clips/${take#*:}".*)" >/dev/null
  done
}

picture_hash() { import -window root -depth 8 rgb:- | sha256sum; }

# Waits until the screen does not change any more; for ten seconds at most, because a level meter never rests.
settle() {
  local last= now
  for _ in $(seq 30); do
    sleep 0.3
    now=$(picture_hash)
    [ "$now" = "$last" ] && return
    last=$now
  done
}

key() { xdotool key "$1"; settle; }
shot() { import -window root "$out/$1-$name.png"; }

# Presses a key, and waits for a time that the recording takes.
key_and_record() { xdotool key "$1"; sleep "$2"; }

open_window() {
  local size=$1 theme=$2 number
  for number in $(seq 130 160); do
    [ -e /tmp/.X11-unix/X$number ] || break
  done
  Xvfb :$number -screen 0 "${size%@*}x24" -nolisten tcp -noreset >"$work/xvfb.log" 2>&1 &
  screen=$!
  export DISPLAY=:$number
  until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done
  openbox --config-file "$work/rc.xml" >/dev/null 2>&1 &
  manager=$!
  cp -r "$work/history" "$work/data"
  echo "theme = \"$theme\"" >"$work/data/settings.toml"
  case $size in *@2) export WINIT_X11_SCALE_FACTOR=2 ;; *) export WINIT_X11_SCALE_FACTOR=1 ;; esac
  STARLING_DATA=$work/data "$program" open --story webhook-drop \
    --mic "wav:$(echo "$clips"/strong_situation_joe.*)" >"$work/log" 2>&1 &
  window=$!
  until xdotool search --onlyvisible --name '^Starling$' windowfocus >/dev/null 2>&1; do sleep 0.1; done
  settle
}

shoot_home_and_history() {
  shot home
  key question; shot shortcuts; key Escape
  key comma; shot settings; key End; shot ranges; key Escape
  key k; shot privacy; key Escape
  key h; shot history
  key x; shot export; key Escape
  key a; shot erase-all; key Escape
  key t; shot trends
  key Escape; key Escape
}

shoot_learn() {
  key l; shot learn
  key 4; shot section
  key_and_record space 6; shot read-along; key space
  key 0; shot weak
  key q; shot quiz; key b; shot quiz-answered
  key Escape; key Escape
}

shoot_practice() {
  key Return; shot ready
  key e; shot example; key e
  key_and_record space 1.5; shot count-in
  sleep 10; shot speaking
  key_and_record 1 0.6; key_and_record t 0.6; shot text-cues
  key_and_record 2 0.6; key_and_record t 12
  key space; shot review
  key c; shot compare; key c
  key Escape
}

shoot_interview() {
  key i; shot mock
  key Return; shot question
  key_and_record space 14; shot answering
  key space
  for _ in 1 2; do key_and_record space 8; key space; done
  shot verdict
}

record_history
for size in $sizes; do
  for theme in light dark; do
    name=${size/@2/-at-2x}-$theme
    open_window "$size" "$theme"
    shoot_home_and_history
    shoot_learn
    shoot_practice
    shoot_interview
    stop
    rm -rf "$work/data"
  done
done
echo "$(find "$out" -name '*.png' | wc -l) pictures in $out"
