import {
  ActionIcon,
  Anchor,
  Button,
  NavLink,
  UnstyledButton,
  type ActionIconProps,
  type AnchorProps,
  type ButtonProps,
  type NavLinkProps,
  type UnstyledButtonProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";

type Native = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "style" | "color">;

/** Mantine's components as links of the router: typed paths, real addresses. */
export const LinkText = createLink(
  forwardRef<HTMLAnchorElement, AnchorProps & Native>(function LinkText(props, ref) {
    return <Anchor ref={ref} {...props} />;
  }),
);

export const LinkButton = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & Native>(function LinkButton(props, ref) {
    return <Button component="a" ref={ref} {...props} />;
  }),
);

export const LinkIcon = createLink(
  forwardRef<HTMLAnchorElement, ActionIconProps & Native>(function LinkIcon(props, ref) {
    return <ActionIcon component="a" ref={ref} {...props} />;
  }),
);

export const LinkNav = createLink(
  forwardRef<HTMLAnchorElement, NavLinkProps & Native>(function LinkNav(props, ref) {
    return <NavLink ref={ref} {...props} />;
  }),
);

export const LinkBlock = createLink(
  forwardRef<HTMLAnchorElement, UnstyledButtonProps & Native>(function LinkBlock(props, ref) {
    return <UnstyledButton component="a" ref={ref} {...props} />;
  }),
);
