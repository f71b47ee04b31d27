//! The data types of fields, with their names and limits.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($variant:ident $name:literal $json:literal $ui:literal $length:literal;)*) => {
        /// The data type of a field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the names are the service's own")]
        pub enum Kind { $(#[serde(rename = $name)] $variant,)* }

        impl Kind {
            /// The type of this name.
            pub fn parse(name: &str) -> Option<Kind> {
                match name { $($name => Some(Kind::$variant),)* _ => None }
            }

            /// The service's name of the type.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }

            /// The JSON type of its values, as the metadata names it.
            pub fn json_type(self) -> &'static str {
                match self { $(Kind::$variant => $json,)* }
            }

            /// The number of its control on the service's pages.
            pub fn ui_type(self) -> u32 {
                match self { $(Kind::$variant => $ui,)* }
            }

            /// The length a field of this type has unless another is asked for.
            pub fn default_length(self) -> u32 {
                match self { $(Kind::$variant => $length,)* }
            }
        }
    };
}

kinds! {
    Text "text" "string" 1 255;
    TextArea "textarea" "string" 3 2000;
    RichText "richtext" "string" 3 50000;
    Email "email" "string" 25 100;
    Phone "phone" "string" 33 30;
    Website "website" "string" 21 450;
    Picklist "picklist" "string" 2 120;
    MultiPicklist "multiselectpicklist" "jsonarray" 100 2000;
    Boolean "boolean" "boolean" 301 5;
    Integer "integer" "integer" 32 9;
    BigInt "bigint" "string" 110 18;
    Double "double" "double" 38 16;
    Currency "currency" "double" 36 16;
    Percent "percent" "double" 35 5;
    Date "date" "string" 24 20;
    DateTime "datetime" "string" 333 120;
    Lookup "lookup" "jsonobject" 133 120;
    MultiModuleLookup "multi_module_lookup" "jsonobject" 786 120;
    OwnerLookup "ownerlookup" "jsonobject" 8 120;
    UserLookup "userlookup" "jsonobject" 20 120;
    AutoNumber "autonumber" "string" 109 16;
    ProfileImage "profileimage" "string" 501 255;
    Formula "formula" "double" 38 16;
    RollupSummary "rollup_summary" "double" 38 16;
    Subform "subform" "jsonarray" 500 0;
    MultiSelectLookup "multiselectlookup" "jsonarray" 786 50;
    MultiUserLookup "multiuserlookup" "jsonarray" 786 50;
    FileUpload "fileupload" "jsonarray" 999 5;
    ImageUpload "imageupload" "jsonarray" 998 10;
    Rrule "RRULE" "jsonobject" 801 2000;
    Alarm "ALARM" "jsonobject" 802 2000;
    MultiReminder "multireminder" "jsonarray" 803 2000;
    BigJson "bigjson" "jsonarray" 804 2000;
    ConsentLookup "consent_lookup" "jsonobject" 805 120;
}

impl Kind {
    /// The decimal places a field of this type has unless others are asked for.
    pub fn default_decimal_place(self) -> u32 {
        match self {
            Kind::Double | Kind::Currency | Kind::Percent => 2,
            _ => 0,
        }
    }

    /// Whether its values are text.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Kind::Text
                | Kind::TextArea
                | Kind::RichText
                | Kind::Email
                | Kind::Phone
                | Kind::Website
                | Kind::AutoNumber
                | Kind::ProfileImage
        )
    }

    /// Whether its values are rows of a linking module.
    pub fn is_linking(self) -> bool {
        matches!(self, Kind::MultiSelectLookup | Kind::MultiUserLookup)
    }

    /// Whether its values are decimal numbers.
    pub fn is_decimal(self) -> bool {
        matches!(self, Kind::Double | Kind::Currency | Kind::Percent)
    }
}
