import { NavLink as Row, Text } from "@mantine/core";
import {
  IconAdjustments,
  IconChartHistogram,
  IconCode,
  IconDeviceMobile,
  IconHistory,
  IconKey,
  IconPalette,
  IconPhoneCall,
  IconRocket,
  IconShieldCheck,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { NavLink } from "react-router";
import { mayAct } from "../api/session";
import type { MemberRole, Membership } from "../generated/api";
import classes from "./Navigation.module.css";

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly icon: ComponentType<{ readonly size?: number }>;
  readonly least?: MemberRole;
}

const GROUPS: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: "Calls",
    entries: [
      { to: "start", label: "Get started", icon: IconRocket },
      { to: "statistics", label: "Statistics", icon: IconChartHistogram },
      { to: "calls", label: "Calls", icon: IconPhoneCall },
    ],
  },
  {
    title: "Your app",
    entries: [
      { to: "branding", label: "Branding", icon: IconPalette },
      { to: "integration", label: "Integration", icon: IconCode },
      { to: "test-call", label: "Test call", icon: IconDeviceMobile },
      { to: "keys", label: "Keys", icon: IconKey },
      { to: "tokens", label: "User tokens", icon: IconShieldCheck },
    ],
  },
  {
    title: "Account",
    entries: [
      { to: "settings", label: "Settings", icon: IconAdjustments },
      { to: "members", label: "Members", icon: IconUsers },
      { to: "audit", label: "Audit log", icon: IconHistory, least: "admin" },
    ],
  },
];

export interface NavigationProps {
  readonly membership: Membership | null;
  readonly onChosen?: () => void;
}

export function Navigation({ membership, onChosen }: NavigationProps) {
  if (membership === null) return null;
  return (
    <nav aria-label="Pages">
      {GROUPS.map(({ title, entries }) => (
        <div key={title} className={classes.group}>
          <Text size="xs" fw={600} c="dimmed" className={classes.title ?? ""}>
            {title}
          </Text>
          <ul className={classes.list}>
            {entries
              .filter(({ least }) => least === undefined || mayAct(membership.role, least))
              .map(({ to, label, icon: Icon }) => (
                <li key={to}>
                  <Row
                    renderRoot={({ className, ...props }) => (
                      <NavLink
                        {...props}
                        to={`/a/${membership.accountId}/${to}`}
                        className={`${className} ${classes.row}`}
                        {...(onChosen === undefined ? {} : { onClick: onChosen })}
                      />
                    )}
                    label={label}
                    leftSection={<Icon size={20} aria-hidden />}
                  />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
