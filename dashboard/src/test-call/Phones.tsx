import { Anchor, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { accountPath, api } from "../api/client";
import { sentenceOf } from "../api/errors";
import { DeviceFrame } from "../branding/DeviceFrame";
import type { Branding, MintedToken } from "../generated/api";
import { messageOf } from "../page-message";
import { FormMessage } from "../shell/FormMessage";
import { Panel } from "../shell/Panel";
import classes from "./Phones.module.css";
import type { Awake, Begin, Person, Told } from "./phone/messages";

interface Props {
  readonly accountId: string;
  readonly apikey: string;
  readonly needsTokens: boolean;
  readonly people: readonly [Person, Person];
  readonly branding: Branding;
}

/** The two phones, and what they say. */
export function Phones({ accountId, apikey, needsTokens, people, branding }: Props) {
  const [customer, courier] = people;
  const [fault, setFault] = useState<string | null>(null);
  const [told, setTold] = useState("");
  const [called, setCalled] = useState(false);
  const queries = useQueryClient();

  const begin = useCallback(
    async (me: Person, peer: Person): Promise<Begin | undefined> => {
      const start: Begin = { type: "begin", accountId, apikey, me, peer };
      if (!needsTokens) return start;
      try {
        const body = { cuid: me.cuid, name: me.name };
        const { token } = await api<MintedToken>("POST", accountPath(accountId, "tokens"), { body });
        return { ...start, token };
      } catch (error) {
        setFault(sentenceOf(error));
        return undefined;
      }
    },
    [accountId, apikey, needsTokens],
  );
  const heard = useCallback(
    ({ state, sentence }: Told) => {
      setTold(sentence);
      if (state !== "over") return;
      setCalled(true);
      void queries.invalidateQueries();
    },
    [queries],
  );

  const frame = { background: branding.backgroundColor, ink: branding.textColor };
  return (
    <Stack>
      <FormMessage>{fault}</FormMessage>
      <Panel
        title="Two phones"
        lead="Press Call on one, answer on the other. The browser asks for the microphone once. Both phones play what the other hears: wear headphones, or mute one of them."
      >
        <div className={classes.phones}>
          <DeviceFrame device="android" size="large" caption={`${customer.name}, customer`} {...frame}>
            <Phone me={customer} peer={courier} begin={begin} heard={heard} />
          </DeviceFrame>
          <DeviceFrame device="ios" size="large" caption={`${courier.name}, courier`} {...frame}>
            <Phone me={courier} peer={customer} begin={begin} heard={heard} />
          </DeviceFrame>
        </div>
        <Text ta="center" mt="md" role="status">
          {told}{" "}
          {called && (
            <Anchor component={Link} to={`/a/${accountId}/calls`}>
              See it in the call log
            </Anchor>
          )}
        </Text>
      </Panel>
    </Stack>
  );
}

interface PhoneProps {
  readonly me: Person;
  readonly peer: Person;
  readonly begin: (me: Person, peer: Person) => Promise<Begin | undefined>;
  readonly heard: (told: Told) => void;
}

function Phone({ me, peer, begin, heard }: PhoneProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  useMessages(frame, (event) => {
    if (messageOf<Awake>(event, "awake")) {
      void begin(me, peer).then((start) => start && frame.current?.contentWindow?.postMessage(start, location.origin));
    }
    const told = messageOf<Told>(event, "told");
    if (told) heard(told);
  });
  return (
    <iframe
      ref={frame}
      src="/phone.html"
      title={`${me.name}’s phone`}
      allow="microphone; autoplay; speaker-selection"
    />
  );
}

/** Hands on what the page in `frame` says. */
function useMessages(frame: RefObject<HTMLIFrameElement | null>, handle: (event: MessageEvent<unknown>) => void): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => {
      if (event.source === frame.current?.contentWindow) latest.current(event);
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, [frame]);
}
