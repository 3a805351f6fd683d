import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type EndReason, REASONS } from "../generated/api";
import { Panel } from "../shell/Panel";
import { ZoneChooser } from "../statistics/ZoneChooser";
import { ALL_REASONS, isCallId, isFiltered, type LogFilter } from "./filter";
import classes from "./FilterForm.module.css";
import { PLATFORM_WORDS, PLATFORMS, QUALITIES, QUALITY_WORDS, REASON_WORDS, STATUS_WORDS, STATUSES } from "./words";
import { ActionButton } from "../shell/ActionButton";

export interface FilterFormProps {
  readonly accountId: string;
  readonly filter: LogFilter;
  readonly apply: (filter: LogFilter) => void;
}

export function FilterForm(props: FilterFormProps) {
  return (
    <search aria-label="Find calls">
      <Panel>
        {/* A user from elsewhere, such as the browser's way back, takes the place of what was typed. */}
        <SearchField key={props.filter.cuid ?? ""} {...props} />
        <Choices {...props} />
      </Panel>
    </search>
  );
}

function SearchField({ accountId, filter, apply }: FilterFormProps) {
  const navigate = useNavigate();
  const [words, setWords] = useState(filter.cuid ?? "");
  const find = () => {
    const wanted = words.trim();
    const { cuid: _, ...others } = filter;
    if (isCallId(wanted)) void navigate(`/a/${accountId}/calls/${wanted.toLowerCase()}`);
    else apply(wanted === "" ? others : { ...others, cuid: wanted });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          className={classes.grow ?? ""}
          label="User or call"
          placeholder="A user's cuid, or a call's id"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <Button type="submit">Find</Button>
      </Group>
    </form>
  );
}

/** What every select offers besides its values; Mantine's own way of clearing cannot be reached by the keyboard. */
const ANY = "";

function Choices({ filter, apply }: FilterFormProps) {
  /** Without the field where the value is empty. */
  const put = (field: Exclude<keyof LogFilter, "zone">, value: string | null) => {
    const { [field]: _, ...others } = filter;
    apply((value === null || value === ANY ? others : { ...others, [field]: value }) as LogFilter);
  };
  // Once a status is chosen, only its reasons are left.
  const reasons = ALL_REASONS.filter(
    (reason) => filter.status === undefined || REASONS[reason].status === filter.status,
  );
  const putStatus = (value: string | null) => {
    const { status: _, reason, ...others } = filter;
    const status = STATUSES.find((known) => known === value);
    const fits = (one: EndReason) => status === undefined || REASONS[one].status === status;
    apply({
      ...others,
      ...(status === undefined ? {} : { status }),
      ...(reason !== undefined && fits(reason) ? { reason } : {}),
    });
  };
  return (
    <div className={classes.choices}>
      <Choice
        label="Status"
        words={STATUS_WORDS}
        values={STATUSES}
        value={filter.status}
        put={putStatus}
        wordOf={({ label }) => label}
      />
      <Choice
        label="Reason"
        words={REASON_WORDS}
        values={reasons}
        value={filter.reason}
        put={(value) => put("reason", value)}
        wordOf={(word) => word}
      />
      <Choice
        label="Platform"
        words={PLATFORM_WORDS}
        values={PLATFORMS}
        value={filter.platform}
        put={(value) => put("platform", value)}
        wordOf={(word) => word}
      />
      <Choice
        label="Quality"
        words={QUALITY_WORDS}
        values={QUALITIES}
        value={filter.quality}
        put={(value) => put("quality", value)}
        wordOf={(word) => word}
      />
      <DayField label="From day" day={filter.from} put={(value) => put("from", value)} />
      <DayField label="To day" day={filter.to} put={(value) => put("to", value)} />
      <ZoneChooser zone={filter.zone} choose={(zone) => apply({ ...filter, zone })} />
      <ActionButton variant="default" disabled={!isFiltered(filter)} onClick={() => apply({ zone: filter.zone })}>
        Show all
      </ActionButton>
    </div>
  );
}

interface ChoiceProps<Value extends string, Word> {
  readonly label: string;
  readonly words: Readonly<Record<Value, Word>>;
  readonly values: readonly Value[];
  readonly value: Value | undefined;
  readonly put: (value: string | null) => void;
  readonly wordOf: (word: Word) => string;
}

function Choice<Value extends string, Word>({ label, words, values, value, put, wordOf }: ChoiceProps<Value, Word>) {
  return (
    <Select
      label={label}
      data={[{ value: ANY, label: "Any" }, ...values.map((one) => ({ value: one, label: wordOf(words[one]) }))]}
      value={value ?? ANY}
      onChange={put}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
    />
  );
}

/** A day half typed is no day yet; the browser hands over whole ones only. */
function DayField({ label, day, put }: { label: string; day: string | undefined; put: (value: string) => void }) {
  return <TextInput type="date" label={label} value={day ?? ""} onChange={(event) => put(event.currentTarget.value)} />;
}
