import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { useNavigate } from "react-router";
import type { Me, Membership } from "../generated/api";
import classes from "./AccountSwitcher.module.css";
import { NewAccountDialog } from "./NewAccountDialog";

export interface AccountSwitcherProps {
  readonly me: Me;
  readonly current: Membership | null;
  readonly onChosen?: () => void;
}

export function AccountSwitcher({ me, current, onChosen }: AccountSwitcherProps) {
  const navigate = useNavigate();
  const [asking, dialog] = useDisclosure(false);
  return (
    <>
      <Menu width={240} position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            fullWidth
            justify="space-between"
            rightSection={<IconSelector size={16} aria-hidden />}
            aria-label={current === null ? "Choose an account" : `Account: ${current.name}`}
          >
            <span className={classes.name}>{current?.name ?? "Choose an account"}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.list ?? ""}>
          {me.accounts.map(({ accountId, name }) => (
            <Menu.Item
              key={accountId}
              leftSection={
                accountId === current?.accountId ? <IconCheck size={16} /> : <span className={classes.space} />
              }
              onClick={() => {
                void navigate(`/a/${accountId}/statistics`);
                onChosen?.();
              }}
            >
              <span className={classes.name}>{name}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={dialog.open}>
            New account
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NewAccountDialog opened={asking} onClose={dialog.close} onMade={onChosen} />
    </>
  );
}
