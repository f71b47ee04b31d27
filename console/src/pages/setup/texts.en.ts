export default {
  title: "Welcome to Musubi",
  text: "Create the first account. It becomes the owner of this workspace.",
  code: "Set-up code",
  codeText: "The hub printed it in the terminal, or the log, where it was started.",
  name: "Your name",
  email: "E-mail address",
  password: "Password",
  passwordText: "At least 12 characters. A short sentence is easy to remember.",
  tooShort_one: "One more character",
  tooShort_other: "{{count}} more characters",
  submit: "Create the account",
} as const;
