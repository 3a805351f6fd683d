import { Button, type ButtonProps } from "@mantine/core";
import type { ComponentPropsWithoutRef } from "react";

export type ActionButtonProps = ButtonProps & Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps>;

/**
 * A button that stays when it was pressed. While it works, and when nothing is left for it to do, it takes no press but
 * keeps the focus: a browser takes the focus from a button with `disabled`, and who works by the keyboard would have to
 * begin anew at the top of the page.
 */
export function ActionButton({ type = "button", ...props }: ActionButtonProps) {
  return (
    <Button
      {...props}
      type={type}
      renderRoot={({ disabled, onClick, ...root }: ComponentPropsWithoutRef<"button">) => (
        <button
          {...root}
          aria-disabled={disabled === true ? true : undefined}
          onClick={(event) => {
            // Of a form, also the press that Return in a field stands for.
            if (disabled === true) event.preventDefault();
            else onClick?.(event);
          }}
        />
      )}
    />
  );
}
