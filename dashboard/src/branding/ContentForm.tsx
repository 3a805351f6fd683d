import { Button, FileButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPhoto, IconUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { messageBeside } from "../api/errors";
import type { Branding, Logo } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import classes from "./BrandingPage.module.css";
import { ActionButton } from "../shell/ActionButton";

/** What the server takes; an SVG can carry a script and is refused. */
const IMAGES = "image/png,image/jpeg,image/gif,image/webp";

/** The server's own bound. It is said before a long upload is begun. */
const BYTES_MAX = 2 * 1024 * 1024;

interface Props {
  readonly accountId: string;
  readonly branding: Branding;
  readonly disabled: boolean;
  readonly change: (part: Partial<Branding>) => void;
}

/** The brand logo: from an address or a file. Either way the server checks it and keeps a copy of its own. */
export function ContentForm({ accountId, branding, disabled, change }: Props) {
  const [url, setUrl] = useState("");
  const take = useMutation({
    mutationFn: (body: File | { url: string }) =>
      api<Logo>("POST", accountPath(accountId, "branding", "logo"), { body }),
    onSuccess: (logo) => {
      change({ logo: logo.url });
      setUrl("");
    },
  });
  const [tooLarge, setTooLarge] = useState(false);
  const choose = (body: File | { url: string }) => {
    const large = body instanceof File && body.size > BYTES_MAX;
    setTooLarge(large);
    if (large) take.reset();
    else take.mutate(body);
  };
  const waiting = disabled || take.isPending;

  return (
    <Stack gap="md">
      <Group wrap="nowrap" align="center">
        <div className={classes.logo} style={{ background: branding.backgroundColor }}>
          {branding.logo === null ? (
            <IconPhoto aria-hidden color={branding.textColor} />
          ) : (
            <img src={branding.logo} alt="The brand logo" referrerPolicy="no-referrer" />
          )}
        </div>
        <Stack gap="xs" miw={0}>
          <Text fw={600}>Brand logo</Text>
          <Text size="sm" c="dimmed">
            PNG, JPEG, GIF or WebP, at most 2 MB. It is made to fit 512 pixels.
          </Text>
          <Group gap="xs">
            <FileButton accept={IMAGES} disabled={waiting} onChange={(file) => file && choose(file)}>
              {(props) => (
                <Button
                  {...props}
                  variant="default"
                  size="xs"
                  leftSection={<IconUpload size={16} />}
                  disabled={waiting}
                >
                  Upload
                </Button>
              )}
            </FileButton>
            {branding.logo !== null && (
              <Button variant="subtle" color="red" size="xs" disabled={waiting} onClick={() => change({ logo: null })}>
                Remove
              </Button>
            )}
          </Group>
        </Stack>
      </Group>
      <Group align="end" wrap="nowrap">
        <TextInput
          flex={1}
          type="url"
          label="Image URL"
          placeholder="https://shop.example/logo.png"
          value={url}
          disabled={waiting}
          onChange={(event) => setUrl(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Return in this field takes the image; it does not save the form around it.
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (url.trim() !== "") choose({ url: url.trim() });
          }}
        />
        <ActionButton
          variant="default"
          loading={take.isPending}
          disabled={disabled || url.trim() === ""}
          onClick={() => choose({ url: url.trim() })}
        >
          Use
        </ActionButton>
      </Group>
      <FormMessage>
        {tooLarge
          ? "The file is larger than 2 MB. Save it smaller; a logo of 512 pixels is all that is shown."
          : messageBeside(take.error, {})}
      </FormMessage>
      <Text size="sm" c="dimmed">
        Without a logo the screens show the first letter of the other person’s name. Your app can pass images of the two
        people with a call; they take the logo’s place.
      </Text>
    </Stack>
  );
}
