/** The part of the ongoing screen that opens on demand: volume, devices, and whether the microphone hears. */
import { fill } from "../texts/texts";
import { make, type Stage } from "./dom";
import { createLevelMeter } from "./level-meter";
import type { CallView, DeviceChoice } from "./view";

export interface AudioSettings {
  element: HTMLElement;
  /** Opens and closes it. */
  show(open: boolean): void;
  update(view: CallView): void;
}

export function createAudioSettings(stage: Stage, id: string): AudioSettings {
  const { texts, act } = stage;
  const slider = make(stage, "input", { type: "range", min: "0", max: "100", step: "5" });
  const microphone = chooser(stage, texts.microphoneNumber, (device) => act({ type: "input", id: device }));
  const speaker = chooser(stage, texts.speakerNumber, (device) => act({ type: "output", id: device }));
  const volumeRow = row(stage, texts.speakerVolume, slider);
  const microphoneRow = row(stage, texts.microphone, microphone.select);
  const speakerRow = row(stage, texts.speaker, speaker.select);
  const quiet = make(stage, "input", { type: "checkbox", role: "switch" });
  quiet.addEventListener("change", () => act({ type: "noise_suppression", on: quiet.checked }));
  const quietRow = row(stage, texts.noiseSuppression, quiet);
  quietRow.classList.add("switch");
  const meter = stage.levels && createLevelMeter(stage, stage.levels);
  const element = make(
    stage,
    "div",
    { id, class: "settings", hidden: "" },
    volumeRow,
    speakerRow,
    microphoneRow,
    ...(meter ? [meter.element] : []),
    quietRow,
  );

  const say = () => slider.setAttribute("aria-valuetext", `${slider.value}%`);
  slider.addEventListener("input", () => {
    say();
    act({ type: "volume", value: Number(slider.value) / 100 });
  });

  return {
    element,
    show(open) {
      element.hidden = !open;
      meter?.run(open);
    },
    update({ volume, devices, noiseSuppression }) {
      slider.value = String(Math.round(volume * 100));
      say();
      microphone.update(devices.inputs, devices.input);
      microphoneRow.hidden = devices.inputs.length < 2;
      speaker.update(devices.outputs, devices.output);
      speakerRow.hidden = !devices.canChooseOutput || devices.outputs.length < 2;
      quietRow.hidden = noiseSuppression === undefined;
      quiet.checked = noiseSuppression === true;
    },
  };
}

function row(stage: Stage, text: string, control: HTMLElement): HTMLElement {
  return make(stage, "label", {}, make(stage, "span", {}, text), control);
}

function chooser(stage: Stage, numbered: string, choose: (id: string) => void) {
  const select = make(stage, "select");
  select.addEventListener("change", () => choose(select.value));
  let offered = "";
  return {
    select,
    update(devices: DeviceChoice[], current: string | undefined) {
      const offer = JSON.stringify(devices);
      if (offer !== offered) {
        offered = offer;
        select.replaceChildren(
          ...devices.map(({ id, label }, index) =>
            make(stage, "option", { value: id }, label || fill(numbered, { n: index + 1 })),
          ),
        );
      }
      if (current !== undefined && select.value !== current) select.value = current;
    },
  };
}
