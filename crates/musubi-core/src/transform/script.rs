//! A script that makes one value of another: an expression in Rhai, shut off from everything but the value it is given.
//!
//! It has no loops, no functions of its own, no clock, no chance, no files, and numbers are exact decimals. So it ends, and gives the same each time. What
//! remains to be bounded is bounded: how long the script is, how deep, how large what it makes may grow, and how much text it goes through. The last stands for
//! time, which a calculation cannot see (docs/decisions/0006-time-of-scripts.md).

use super::{StepError, called, text_of};
use crate::{Value, convert::Refusal};
use rhai::{AST, Array, Dynamic, Engine, EvalAltResult, ImmutableString, Position, Scope};
use rust_decimal::{Decimal, RoundingStrategy};
use std::cell::Cell;
use std::sync::LazyLock;

/// The longest script, in bytes.
const LONGEST: usize = 4_000;
/// The most operations of one run. Without loops only a script as long as this comes near.
const OPERATIONS: u64 = 2_000;
/// The most text that the functions of one run go through, in bytes: the longest one sixteen times.
const WORK: usize = 16 * TEXT;
/// The longest text, in bytes: the longest field there is, and as much again.
const TEXT: usize = 256 * 1024;
/// The most texts in a list.
const LIST: usize = 1_000;
/// The deepest expression.
const DEPTH: usize = 32;

/// What scripts may call.
const FUNCTIONS: [&str; 15] = [
    "contains",
    "ends_with",
    "join",
    "len",
    "lower",
    "number",
    "part",
    "replace",
    "round",
    "split",
    "starts_with",
    "text",
    "to_string",
    "trim",
    "upper",
];

/// One engine for all scripts: it holds what they may call, and nothing of any of them.
static ENGINE: LazyLock<Engine> = LazyLock::new(engine);

thread_local! {
    /// How much text the run on this thread went through so far. A run never waits, and never begins another one.
    static WORKED: Cell<usize> = const { Cell::new(0) };
}

/// A script, compiled.
#[derive(Debug)]
pub(super) struct Script(AST);

impl Script {
    /// Reads the script; names that it does not know are mistakes already here.
    pub(super) fn new(text: &str) -> Result<Script, StepError> {
        if text.len() > LONGEST {
            return Err(StepError::Script(format!("it is longer than {LONGEST} bytes")));
        }
        if let Some(name) = called::unknown(text, &FUNCTIONS) {
            let known = FUNCTIONS.join(", ");
            return Err(StepError::Script(format!("there is no function {name}; a script may call {known}")));
        }
        let mut scope = Scope::new();
        scope.push("value", Dynamic::UNIT);
        let read = ENGINE.compile_with_scope(&scope, text);
        read.map(Script).map_err(|error| StepError::Script(error.to_string()))
    }

    /// What it makes of a value.
    pub(super) fn run(&self, value: &Value) -> Result<Value, Refusal> {
        let mut scope = Scope::new();
        scope.push("value", given(value).ok_or(Refusal::NotConvertible)?);
        WORKED.set(0);
        let made = ENGINE.eval_ast_with_scope::<Dynamic>(&mut scope, &self.0);
        taken(made.map_err(|error| refusal(&error))?)
    }
}

/// The value as a script sees it: a text, a number, true or false, or a list of texts. Dates and times are texts such as `2026-11-22`.
fn given(value: &Value) -> Option<Dynamic> {
    Some(match value {
        Value::Number(number) => Dynamic::from_decimal(*number),
        Value::Bool(flag) => Dynamic::from_bool(*flag),
        Value::Set(items) => {
            items.iter().map(|item| Dynamic::from(item.as_str().to_owned())).collect::<Array>().into()
        }
        other => Dynamic::from(text_of(other)?.to_string()),
    })
}

/// What a script gave, as a value.
fn taken(made: Dynamic) -> Result<Value, Refusal> {
    if made.is_unit() {
        return Ok(Value::Blank);
    }
    let made = match made.try_cast_result::<Array>() {
        Ok(items) => {
            let texts: Option<Vec<String>> = items.iter().map(text).collect();
            return Ok(Value::set(texts.ok_or(Refusal::ScriptGivesNoValue)?));
        }
        Err(made) => made,
    };
    if let Ok(flag) = made.as_bool() {
        return Ok(Value::Bool(flag));
    }
    if let Some(number) = number(&made) {
        return Ok(Value::Number(number));
    }
    text(&made).map(Value::text).ok_or(Refusal::ScriptGivesNoValue)
}

fn number(made: &Dynamic) -> Option<Decimal> {
    made.as_decimal().ok().or_else(|| made.as_int().ok().map(Decimal::from))
}

fn text(made: &Dynamic) -> Option<String> {
    if let Some(number) = number(made) {
        return Some(number.normalize().to_string());
    }
    if let Ok(flag) = made.as_bool() {
        return Some(flag.to_string());
    }
    if let Ok(letter) = made.as_char() {
        return Some(letter.to_string());
    }
    made.clone().into_immutable_string().ok().map(|text| text.to_string())
}

/// Says where, and never what: the engine's own words may quote the value (I18).
fn refusal(error: &EvalAltResult) -> Refusal {
    let place = |position: Position| position.line().unwrap_or(1) as u32;
    let inner = error.unwrap_inner();
    match inner {
        EvalAltResult::ErrorTooManyOperations(..)
        | EvalAltResult::ErrorTooManyVariables(..)
        | EvalAltResult::ErrorStackOverflow(..)
        | EvalAltResult::ErrorDataTooLarge(..) => Refusal::ScriptTooLarge { line: place(error.position()) },
        _ => Refusal::ScriptFailed { line: place(error.position()) },
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_max_operations(OPERATIONS)
        .set_max_expr_depths(DEPTH)
        .set_max_variables(50)
        .set_max_string_size(TEXT)
        .set_max_array_size(LIST)
        .set_max_map_size(LIST)
        .set_max_strings_interned(0)
        .set_allow_looping(false)
        .set_allow_loop_expressions(false)
        .set_strict_variables(true)
        .disable_symbol("eval");
    texts(&mut engine);
    lists(&mut engine);
    numbers(&mut engine);
    engine
}

/// What a function gives, or why the run ends.
type Made<T> = Result<T, Box<EvalAltResult>>;

/// Counts the text that a function is about to go through, and ends the run when it was too much.
fn work(bytes: usize) -> Made<()> {
    let worked = WORKED.get().saturating_add(bytes);
    WORKED.set(worked);
    if worked > WORK {
        return Err(EvalAltResult::ErrorTooManyOperations(Position::NONE).into());
    }
    Ok(())
}

/// What can be done with texts. Nothing is changed in its place: each gives a new text.
fn texts(engine: &mut Engine) {
    engine
        .register_fn("len", |text: &str| -> Made<i64> {
            work(text.len())?;
            Ok(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))
        })
        .register_fn("trim", |text: &str| work(text.len()).map(|()| text.trim().to_owned()))
        .register_fn("upper", |text: &str| work(text.len()).map(|()| text.to_uppercase()))
        .register_fn("lower", |text: &str| work(text.len()).map(|()| text.to_lowercase()))
        .register_fn("contains", |text: &str, part: &str| work(text.len()).map(|()| text.contains(part)))
        .register_fn("starts_with", |text: &str, part: &str| text.starts_with(part))
        .register_fn("ends_with", |text: &str, part: &str| text.ends_with(part))
        .register_fn("replace", replace)
        .register_fn("part", part)
        .register_fn("split", |text: &str, at: &str| -> Made<Array> {
            work(text.len())?;
            if at.is_empty() {
                return Ok(vec![text.to_owned().into()]);
            }
            // One more than may be, so that too long a list is refused rather than cut off.
            Ok(text.split(at).take(LIST + 1).map(|part| Dynamic::from(part.to_owned())).collect())
        })
        .register_fn("text", |made: Dynamic| text(&made).unwrap_or_default())
        .register_fn("to_string", |made: Dynamic| text(&made).unwrap_or_default())
        .register_fn("+", |text: &str, number: Decimal| format!("{text}{}", number.normalize()))
        .register_fn("+", |text: &str, number: i64| format!("{text}{number}"));
}

/// Stops as soon as the text is too long to be kept: a text that grows is not made first and measured afterwards.
fn replace(text: &str, from: &str, to: &str) -> Made<ImmutableString> {
    work(text.len())?;
    let times = text.matches(from).count();
    let longest = text.len().saturating_add(times.saturating_mul(to.len()));
    if longest > TEXT {
        return Err(EvalAltResult::ErrorDataTooLarge("a text".to_owned(), Position::NONE).into());
    }
    work(longest)?;
    Ok(text.replace(from, to).into())
}

/// `count` letters from the letter number `from`; the first one is 0, and a negative number counts from the end.
fn part(text: &str, from: i64, count: i64) -> Made<String> {
    work(text.len())?;
    let letters = text.chars().count();
    let from = match usize::try_from(from) {
        Ok(from) => from,
        Err(_) => letters.saturating_sub(usize::try_from(from.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    Ok(text.chars().skip(from).take(usize::try_from(count).unwrap_or(0)).collect())
}

fn lists(engine: &mut Engine) {
    engine
        .register_fn("len", |list: Array| i64::try_from(list.len()).unwrap_or(i64::MAX))
        .register_fn("contains", |list: Array, item: &str| -> Made<bool> {
            for one in &list {
                let one = text(one);
                work(one.as_ref().map_or(0, String::len))?;
                if one.as_deref() == Some(item) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .register_fn("join", |list: Array, between: &str| -> Made<ImmutableString> {
            let texts: Vec<String> = list.iter().filter_map(text).collect();
            let length = texts.iter().map(|text| text.len().saturating_add(between.len())).sum::<usize>();
            if length > TEXT {
                return Err(EvalAltResult::ErrorDataTooLarge("a text".to_owned(), Position::NONE).into());
            }
            work(length)?;
            Ok(texts.join(between).into())
        });
}

fn numbers(engine: &mut Engine) {
    let rounded = |number: Decimal, digits: i64| {
        let digits = u32::try_from(digits).unwrap_or(0).min(28);
        number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
    };
    engine
        .register_fn("round", rounded)
        .register_fn("round", move |number: Decimal| rounded(number, 0))
        .register_fn("number", |text: &str| -> Result<Decimal, Box<EvalAltResult>> {
            text.trim().parse().map_err(|_| "not a number".into())
        })
        .register_fn("-", |number: Decimal| -number)
        .register_fn("-", |number: i64| number.saturating_neg());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(script: &str, value: Value) -> Result<Value, Refusal> {
        Script::new(script).unwrap().run(&value)
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[test]
    fn a_script_makes_one_value_of_another() {
        let check = |script: &str, value: Value, expected: Value| {
            assert_eq!(run(script, value), Ok(expected), "{script}");
        };
        check("value.upper() + \"!\"", Value::text("mori"), Value::text("MORI!"));
        check("value.split(\" \")[1]", Value::text("山田 太郎"), Value::text("太郎"));
        check("value * 1.1", number("100"), number("110"));
        check("round(value / 3, 2)", number("10"), number("3.33"));
        check("if value > 100 { \"large\" } else { \"small\" }", number("99.5"), Value::text("small"));
        check("let parts = value.split(\",\"); parts.len()", Value::text("a,b,c"), number("3"));
        check("!value", Value::Bool(false), Value::Bool(true));
        check("value.part(0, 4)", Value::Date(jiff::civil::date(2026, 11, 22)), Value::text("2026"));
        check("value.join(\"; \")", Value::set(["a", "b"]), Value::text("a; b"));
        check("[\"a\", value]", Value::text("b"), Value::set(["a", "b"]));
        check("`${value} 様`", Value::text("森"), Value::text("森 様"));
        check("value.replace(\"-\", \"\")", Value::text("03-1"), Value::text("031"));
        check("switch value { \"a\" => \"b\", _ => () }", Value::text("c"), Value::Blank);
        check("number(value) + 1", Value::text("41"), number("42"));
    }

    #[test]
    fn what_no_script_may_do_is_a_mistake_at_once() {
        for script in [
            "eval(\"1\")",
            "while true {}",
            "loop {}",
            "for x in 0..10 { }",
            "do {} while true",
            "fn f(x) { f(x) } f(1)",
            "import \"x\" as x;",
            "other + 1",
            "value +",
            "|x| x",
            "value.nothing()",
            "if value == \"a\" { foo(value) } else { value }",
            "sleep(1)",
            "print(value)",
            "timestamp()",
        ] {
            assert!(Script::new(script).is_err(), "{script}");
        }
        assert!(Script::new(&format!("{}1", "1+".repeat(LONGEST))).is_err());
        assert!(Script::new(&format!("{}1{}", "(".repeat(200), ")".repeat(200))).is_err());
    }

    #[test]
    fn every_function_of_the_engine_is_among_those_that_may_be_called() {
        let source = include_str!("script.rs");
        let registered = source.split("register_fn(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut names: Vec<&str> =
            registered.filter(|name| name.chars().all(|c| c.is_alphabetic() || c == '_')).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !name.is_empty());
        assert_eq!(names, FUNCTIONS);
    }

    #[test]
    fn what_goes_wrong_while_it_runs_is_a_refusal_that_names_no_value() {
        let failed = Err(Refusal::ScriptFailed { line: 1 });
        for script in ["1 / 0", "value.round()", "value[100]", "throw value"] {
            assert_eq!(run(script, Value::text("secret")), failed, "{script}");
        }
        assert_eq!(run("\n value - 1", Value::text("secret")), Err(Refusal::ScriptFailed { line: 2 }));
        assert_eq!(run("#{a: value}", Value::text("secret")), Err(Refusal::ScriptGivesNoValue));
    }

    #[test]
    fn what_grows_is_stopped() {
        let large = |script: &str, value: Value| {
            let refused = run(script, value);
            assert!(matches!(refused, Err(Refusal::ScriptTooLarge { .. })), "{refused:?}");
        };
        let doubled = "let t = value; ".to_owned() + &"t += t; ".repeat(30) + "t";
        large(&doubled, Value::text("abcdefgh"));
        large(
            &("let t = value; ".to_owned() + &"t = t.replace(\"a\", t); ".repeat(10) + "t"),
            Value::text("aaaa"),
        );
        large("value.split(\"a\").join(\"b\")", Value::text("a".repeat(2_000)));
        // Nothing grows, and there is far too much to go through.
        let busy = |times: usize| "let t = value; ".to_owned() + &"t.upper(); ".repeat(times) + "t";
        large(&busy(100), Value::text("山田".repeat(20_000)));
        assert_eq!(run(&busy(100), Value::text("山田")), Ok(Value::text("山田")));
        let shifted = "let l = [value]; ".to_owned() + &"l = [l, l, l, l]; ".repeat(8) + "l.len()";
        large(&shifted, Value::text("x"));
    }

    #[test]
    fn the_longest_field_can_be_worked_on_and_each_run_begins_anew() {
        let longest = Value::text("山田".repeat(25_000));
        let script = "value.trim().upper().replace(\"山\", \"川\").replace(\"田\", \"口\").part(0, 2)";
        for _ in 0..20 {
            assert_eq!(run(script, longest.clone()), Ok(Value::text("川口")));
        }
    }

    fn word() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "value",
            "1",
            "0",
            "-1",
            "9223372036854775807",
            "79228162514264337593543950335.0",
            "0.1",
            "\"\"",
            "\"a\"",
            "\"日本\"",
            "true",
            "()",
            "[]",
            "[value]",
            "+",
            "-",
            "*",
            "/",
            "%",
            "**",
            "<<",
            ">>",
            "==",
            "<",
            "&&",
            "||",
            "!",
            "??",
            ".",
            "?.",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ";",
            "if",
            "else",
            "switch",
            "=>",
            "_",
            "let",
            "x",
            "=",
            "+=",
            "..",
            "in",
            "throw",
            "len",
            "trim",
            "upper",
            "replace",
            "part",
            "split",
            "join",
            "round",
            "number",
            "text",
            "contains",
            "`${",
            "}`",
            "#{",
            ":",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        /// Whatever is written: it is refused, or it ends with the same value or refusal each time.
        #[test]
        fn no_script_panics_or_wavers(words in prop::collection::vec(word(), 0..14), value in crate::codec::tests::any_value()) {
            let Ok(script) = Script::new(&words.join(" ")) else { return Ok(()) };
            prop_assert_eq!(script.run(&value), script.run(&value));
        }

        /// Calls with any arguments.
        #[test]
        fn no_function_panics(name in prop::sample::select(vec!["part", "replace", "split", "join", "round", "+", "**", "-", "%", "<<", ">>", "*"]),
            a in word(), b in word(), c in word(), value in crate::codec::tests::any_value()) {
            for text in [format!("value.{name}({a}, {b})"), format!("{name}({a}, {b}, {c})"), format!("{a} {name} {b}"), format!("value {name} {a}")] {
                if let Ok(script) = Script::new(&text) {
                    let _ = script.run(&value);
                }
            }
        }
    }
}
