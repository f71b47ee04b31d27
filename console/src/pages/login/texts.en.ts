export default {
  title: "Log in",
  text: "Continue to your workspace.",
  email: "E-mail address",
  password: "Password",
  submit: "Log in",
} as const;
