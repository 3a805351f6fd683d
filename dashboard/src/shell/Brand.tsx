import { Group, Text } from "@mantine/core";

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/tring.svg" width={32} height={32} alt="" />
      <Text component="span" fw={700} fz="lg">
        Tring
      </Text>
    </Group>
  );
}
