//! Words that records are made of: people, companies and places, Japanese and English.

/// English first names.
pub const FIRST_EN: &[&str] = &[
    "Oliver",
    "Amelia",
    "George",
    "Isla",
    "Arthur",
    "Ava",
    "Noah",
    "Mia",
    "Theodore",
    "Ivy",
    "Leo",
    "Freya",
    "Oscar",
    "Florence",
    "Archie",
    "Willow",
    "Jack",
    "Emily",
    "Henry",
    "Sophie",
    "Charlie",
    "Grace",
    "Freddie",
    "Ella",
    "Alfie",
    "Poppy",
    "Thomas",
    "Evelyn",
    "Edward",
    "Charlotte",
    "Lucas",
    "Daisy",
    "James",
    "Rosie",
    "William",
    "Alice",
];

/// English last names.
pub const LAST_EN: &[&str] = &[
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Williams",
    "Wilson",
    "Johnson",
    "Davies",
    "Patel",
    "Robinson",
    "Wright",
    "Thompson",
    "Evans",
    "Walker",
    "White",
    "Roberts",
    "Green",
    "Hall",
    "Wood",
    "Jackson",
    "Clarke",
    "Harris",
    "Lewis",
    "Khan",
    "Turner",
    "Cooper",
    "Ward",
    "Hughes",
    "Moore",
    "Baker",
    "O'Connor",
    "MacDonald",
    "Bennett",
    "Fox",
];

/// Japanese first names with their Latin spelling.
pub const FIRST_JA: &[(&str, &str)] = &[
    ("陽菜", "hina"),
    ("蓮", "ren"),
    ("結衣", "yui"),
    ("湊", "minato"),
    ("葵", "aoi"),
    ("大翔", "hiroto"),
    ("凛", "rin"),
    ("樹", "itsuki"),
    ("さくら", "sakura"),
    ("悠真", "yuma"),
    ("美咲", "misaki"),
    ("健太", "kenta"),
    ("直子", "naoko"),
    ("翔太", "shota"),
    ("彩香", "ayaka"),
    ("拓也", "takuya"),
    ("恵子", "keiko"),
    ("誠", "makoto"),
    ("由美", "yumi"),
    ("浩", "hiroshi"),
];

/// Japanese last names with their Latin spelling.
pub const LAST_JA: &[(&str, &str)] = &[
    ("佐藤", "sato"),
    ("鈴木", "suzuki"),
    ("高橋", "takahashi"),
    ("田中", "tanaka"),
    ("伊藤", "ito"),
    ("渡辺", "watanabe"),
    ("山本", "yamamoto"),
    ("中村", "nakamura"),
    ("小林", "kobayashi"),
    ("加藤", "kato"),
    ("吉田", "yoshida"),
    ("山田", "yamada"),
    ("佐々木", "sasaki"),
    ("山口", "yamaguchi"),
    ("松本", "matsumoto"),
    ("井上", "inoue"),
    ("木村", "kimura"),
    ("林", "hayashi"),
    ("清水", "shimizu"),
    ("髙島", "takashima"),
];

/// English companies with their domain.
pub const COMPANY_EN: &[(&str, &str)] = &[
    ("Ashdown Analytics Ltd", "ashdown"),
    ("Brightwater Foods plc", "brightwater"),
    ("Calder Valley Textiles", "calder"),
    ("Dunmore & Sons", "dunmore"),
    ("Eastgate Logistics", "eastgate"),
    ("Fenwick Instruments", "fenwick"),
    ("Greyfriars Publishing", "greyfriars"),
    ("Hartley Robotics", "hartley"),
    ("Ivory Coast Trading", "ivorycoast"),
    ("Juniper Health", "juniper"),
    ("Kestrel Aerospace", "kestrel"),
    ("Larkfield Farms", "larkfield"),
    ("Merriweather Design", "merriweather"),
    ("Northshore Energy", "northshore"),
    ("Oakham Insurance", "oakham"),
    ("Pemberton Legal LLP", "pemberton"),
    ("Quayside Hotels", "quayside"),
    ("Redfern Chemicals", "redfern"),
    ("Silverdale Motors", "silverdale"),
    ("Thornbury Water", "thornbury"),
];

/// Japanese companies with their domain.
pub const COMPANY_JA: &[(&str, &str)] = &[
    ("株式会社青山電機", "aoyama-denki"),
    ("株式会社石川製作所", "ishikawa"),
    ("上野精密工業株式会社", "ueno-seimitsu"),
    ("江戸川食品株式会社", "edogawa"),
    ("株式会社大阪システムズ", "osaka-systems"),
    ("神田出版株式会社", "kanda"),
    ("北海水産株式会社", "hokkai"),
    ("株式会社京都織物", "kyoto-orimono"),
    ("九州運輸株式会社", "kyushu-unyu"),
    ("株式会社さくら商事", "sakura-shoji"),
    ("信州酒造株式会社", "shinshu"),
    ("株式会社瀬戸内造船", "setouchi"),
    ("高尾観光株式会社", "takao"),
    ("株式会社千代田ソフト", "chiyoda-soft"),
    ("東海化学株式会社", "tokai-kagaku"),
    ("株式会社中野建設", "nakano"),
    ("西日本医療機器株式会社", "nishinihon"),
    ("日本橋工芸株式会社", "nihonbashi"),
    ("株式会社博多通信", "hakata"),
    ("富士山麓農園株式会社", "fuji-noen"),
];

/// English towns: city, county, postcode area.
pub const PLACE_EN: &[(&str, &str, &str)] = &[
    ("London", "Greater London", "EC1A"),
    ("Manchester", "Greater Manchester", "M1"),
    ("Bristol", "Somerset", "BS1"),
    ("Leeds", "West Yorkshire", "LS1"),
    ("Edinburgh", "Midlothian", "EH1"),
    ("Cambridge", "Cambridgeshire", "CB2"),
];

/// Japanese towns: city, prefecture, start of the postal code.
pub const PLACE_JA: &[(&str, &str, &str)] = &[
    ("千代田区", "東京都", "100"),
    ("渋谷区", "東京都", "150"),
    ("大阪市北区", "大阪府", "530"),
    ("名古屋市中区", "愛知県", "460"),
    ("福岡市博多区", "福岡県", "812"),
    ("札幌市中央区", "北海道", "060"),
    ("京都市下京区", "京都府", "600"),
];

/// Street names of both countries.
pub const STREET: [&[&str]; 2] = [
    &["丸の内1-2-3", "神宮前4-12-10", "梅田3-1-1", "栄5-27-14", "博多駅前2-9-28", "大通西7-1"],
    &[
        "12 Mill Lane",
        "48 King Street",
        "3 Station Road",
        "91 Church View",
        "27 The Crescent",
        "5 Harbour Walk",
    ],
];

/// Job titles.
pub const TITLE: [&[&str]; 2] = [
    &["代表取締役", "営業部長", "購買課長", "情報システム部", "経理担当", "総務部主任"],
    &["Managing Director", "Head of Sales", "Buyer", "IT Manager", "Financial Controller", "Operations Lead"],
];

/// Products.
pub const PRODUCT: &[(&str, &str)] = &[
    ("Precision Caliper P-20", "P-20"),
    ("Desktop Mill DM-4", "DM-4"),
    ("高精度センサー S-100", "S-100"),
    ("Controller Unit CU-8", "CU-8"),
    ("産業用カメラ C-300", "C-300"),
    ("Torque Wrench TW-1", "TW-1"),
    ("Annual Support Plan", "SUP-1Y"),
    ("保守プラン(3年)", "SUP-3Y"),
    ("Calibration Kit CK-2", "CK-2"),
    ("Spare Parts Set SP-9", "SP-9"),
    ("On-site Training Day", "TRN-1"),
    ("搬送ロボット R-7", "R-7"),
];
