//! What hangs on other records: the short forms for it, `notes` and `activities`, and that it goes with those records.

use crate::config::{IntegrationConfig, ModuleConfig};

const NOTES: [&str; 1] = ["Notes"];
const ACTIVITIES: [&str; 3] = ["Tasks", "Events", "Calls"];
/// The lookups by which notes and activities hang on other records.
const PARENTS: [&str; 3] = ["Parent_Id", "What_Id", "Who_Id"];

impl IntegrationConfig {
    /// Puts the module pairs in the place of the short forms. A pair that is written out stays as it is written.
    pub(crate) fn write_out(&mut self) {
        let notes = std::mem::take(&mut self.notes).then_some(NOTES.as_slice());
        let activities = std::mem::take(&mut self.activities).then_some(ACTIVITIES.as_slice());
        for module in notes.into_iter().chain(activities).flatten() {
            if self.modules.iter().all(|pair| pair.left != *module) {
                self.modules.push(ModuleConfig::by_itself(module));
            }
        }
    }
}

impl ModuleConfig {
    /// The pair of a module with itself that a file with nothing but the two names means.
    fn by_itself(module: &str) -> ModuleConfig {
        let text = format!("left = \"{module}\"\nright = \"{module}\"\n");
        toml::from_str(&text).expect("everything else has a default")
    }

    /// Whether of records with these lookups to several modules only those with a synced parent take part. If nothing is said: notes and activities (S2-39), and
    /// nothing else, for a lookup of the org's own may well be blank.
    pub(crate) fn goes_with_parents<'a>(&self, lookups: impl IntoIterator<Item = &'a str>) -> bool {
        let mut lookups = lookups.into_iter();
        match self.only_with_parent {
            Some(said) => said && lookups.next().is_some(),
            None => self.hangs_on_others() && lookups.any(|name| PARENTS.contains(&name)),
        }
    }

    fn hangs_on_others(&self) -> bool {
        NOTES.iter().chain(&ACTIVITIES).any(|module| self.left == *module || self.right == *module)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ModuleConfig};

    const FILE: &str = "[connections.a]\nservice = \"crm\"\ndata_centre = \"jp\"\n[connections.b]\nservice = \"crm\"\n\
        data_centre = \"eu\"\n[integrations.i]\nleft = \"a\"\nright = \"b\"\nnotes = true\nactivities = true\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n[[integrations.i.modules]]\nleft = \"Tasks\"\n\
        right = \"Tasks\"\ndirection = \"left_to_right\"\n";

    // S2-44
    #[test]
    fn a_short_form_is_written_out_beside_what_stands_there() {
        let config = Config::parse(FILE).unwrap();
        let modules = &config.integrations["i"].modules;
        let names: Vec<_> = modules.iter().map(|module| module.left.as_str()).collect();
        assert_eq!(names, ["Contacts", "Tasks", "Notes", "Events", "Calls"]);
        assert_eq!(modules[1].direction, crate::config::Way::LeftToRight);
        let text = config.to_toml();
        assert!(!text.contains("activities"), "{text}");
        assert_eq!(Config::parse(&text).unwrap(), config);
    }

    // S2-39
    #[test]
    fn only_notes_and_activities_go_with_their_parents_by_themselves() {
        let check = |module: &str, lookups: &[&str], expect: [bool; 3]| {
            let told = [None, Some(true), Some(false)].map(|only_with_parent| {
                let pair = ModuleConfig { only_with_parent, ..ModuleConfig::by_itself(module) };
                pair.goes_with_parents(lookups.iter().copied())
            });
            assert_eq!(told, expect, "{module} {lookups:?}");
        };
        check("Notes", &["Parent_Id"], [true, true, false]);
        check("Tasks", &["What_Id", "Who_Id"], [true, true, false]);
        check("Tasks", &["Own_Lookup"], [false, true, false]);
        check("Tasks", &[], [false, false, false]);
        check("Contacts", &["Own_Lookup"], [false, true, false]);
        check("Contacts", &[], [false, false, false]);
    }
}
