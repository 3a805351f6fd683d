import { ActionIcon, Avatar, Button, Menu, Text } from "@mantine/core";
import { IconLogout, IconUser } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { api } from "../api/client";
import { forgetMember } from "../api/session";
import type { Me } from "../generated/api";
import classes from "./ProfileMenu.module.css";
import { initials } from "./initials";

/** `named`: a wide button with the member's name rather than a round one. */
export function ProfileMenu({ me, named = false }: { readonly me: Me; readonly named?: boolean }) {
  const signOut = useSignOut();
  const face = (
    <Avatar size={32} radius="xl" color="brand" aria-hidden>
      {initials(me.name)}
    </Avatar>
  );
  return (
    <Menu width={240} position={named ? "top-start" : "bottom-end"}>
      <Menu.Target>
        {named ? (
          <Button variant="subtle" color="gray" px={6} leftSection={face} className={classes.named ?? ""}>
            <span className={classes.name}>{me.name}</span>
          </Button>
        ) : (
          <ActionIcon variant="transparent" size="xl" aria-label={`${initials(me.name)}, your profile`}>
            {face}
          </ActionIcon>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" className={classes.name ?? ""}>
            {me.email}
          </Text>
        </Menu.Label>
        <Menu.Item renderRoot={(props) => <Link {...props} to="/profile" />} leftSection={<IconUser size={16} />}>
          Profile
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => api<void>("POST", "/sign-out"),
    onSuccess: async () => {
      await navigate("/sign-in");
      await forgetMember(queries);
    },
  });
}
