//! The short forms for what hangs on other records: `notes` and `activities`.

use crate::config::{IntegrationConfig, ModuleConfig};

const NOTES: [&str; 1] = ["Notes"];
const ACTIVITIES: [&str; 3] = ["Tasks", "Events", "Calls"];

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
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

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
}
