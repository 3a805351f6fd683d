import { ActionIcon, Button, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useCopied } from "./copying";

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, such as "the key"; for the button's name. */
  readonly what: string;
  /** A button with a word rather than an icon. */
  readonly labelled?: boolean;
}

export function CopyButton({ text, what, labelled = false }: CopyButtonProps) {
  const { outcome, copy } = useCopied();
  const said = { idle: `Copy ${what}`, copied: "Copied", failed: "Select it and copy it by hand" }[outcome];
  const icon = outcome === "copied" ? <IconCheck size={18} /> : <IconCopy size={18} />;
  return (
    <>
      {labelled ? (
        <Button
          variant="default"
          leftSection={icon}
          onClick={() => void copy(text)}
          {...(outcome === "idle" ? { "aria-label": said } : {})}
        >
          {outcome === "idle" ? "Copy" : said}
        </Button>
      ) : (
        <Tooltip label={said}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Copy ${what}`}
            onClick={() => void copy(text)}
          >
            {icon}
          </ActionIcon>
        </Tooltip>
      )}
      <VisuallyHidden role="status">{outcome === "idle" ? "" : said}</VisuallyHidden>
    </>
  );
}
