/** What the person is told when a device took another's place by itself. */
import type { SwitchedDevice } from "../screen/view";

/** For how long it is told, in milliseconds: a sentence is read in this. */
const TOLD_FOR = 6_000;

export interface SwitchedNote {
  tell(device: SwitchedDevice): void;
  current(): SwitchedDevice | undefined;
  clear(): void;
}

export function createSwitchedNote(onChange: () => void): SwitchedNote {
  let device: SwitchedDevice | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    tell(next) {
      clearTimeout(timer);
      device = next;
      timer = setTimeout(() => {
        device = undefined;
        onChange();
      }, TOLD_FOR);
      onChange();
    },
    current: () => device,
    clear() {
      clearTimeout(timer);
      device = undefined;
    },
  };
}
