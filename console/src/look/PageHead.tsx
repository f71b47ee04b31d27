import { Anchor, Box, Breadcrumbs, Group, Text, Title } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  /** One line below the title. */
  text?: ReactNode;
  /** The way here. */
  trail?: { label: string; to: LinkProps["to"]; params?: Record<string, string> }[];
  badge?: ReactNode;
  children?: ReactNode;
}

/** A page's title, the way to it, and its actions. Sets the window's title as well. */
export function PageHead({ title, text, trail, badge, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Musubi`;
  }, [title]);
  return (
    <Box component="header" mb="lg">
      {trail && (
        <Breadcrumbs mb={6} separator="/" fz="sm">
          {trail.map((step) => (
            <Anchor
              key={step.label}
              size="sm"
              c="dimmed"
              renderRoot={(props) => (
                <Link {...props} {...({ to: step.to, params: step.params ?? {} } as LinkProps)} />
              )}
            >
              {step.label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box miw={0}>
          <Group gap="sm">
            <Title order={1} tabIndex={-1} style={{ overflowWrap: "anywhere" }}>
              {title}
            </Title>
            {badge}
          </Group>
          {text !== undefined && (
            <Text c="dimmed" size="sm" mt={2} component="div">
              {text}
            </Text>
          )}
        </Box>
        <Group gap="xs">{children}</Group>
      </Group>
    </Box>
  );
}
