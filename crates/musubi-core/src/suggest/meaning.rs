//! Words that mean the same in the names of fields, in English and Japanese. Two orgs rarely agree on one of them.

use super::likeness::words;

/// Each line is one thing. A field has it if its name or label is one of the words, with or without "name" behind it.
const THINGS: &[&[&str]] = &[
    &[
        "company",
        "account",
        "accountname",
        "companyname",
        "会社",
        "会社名",
        "企業名",
        "取引先",
        "取引先名",
        "組織",
        "組織名",
        "法人名",
    ],
    &["lastname", "surname", "familyname", "姓", "苗字", "名字"],
    &["firstname", "givenname", "名", "下の名前"],
    &["fullname", "contactname", "氏名", "お名前", "名前", "担当者名"],
    &["email", "emailaddress", "mail", "mailaddress", "メール", "eメール", "メールアドレス", "電子メール"],
    &["phone", "tel", "telephone", "phonenumber", "電話", "電話番号", "代表電話"],
    &["mobile", "mobilephone", "cell", "cellphone", "携帯", "携帯電話", "携帯番号"],
    &["fax", "ファックス", "ファクス"],
    &["title", "jobtitle", "position", "役職", "肩書", "職位"],
    &["department", "division", "部署", "部門", "所属"],
    &["street", "address", "streetaddress", "住所", "町名番地", "番地"],
    &["city", "town", "市区町村", "市町村", "都市"],
    &["state", "province", "prefecture", "都道府県"],
    &["zip", "zipcode", "postcode", "postalcode", "郵便番号"],
    &["country", "国", "国名"],
    &[
        "description",
        "remarks",
        "note",
        "notes",
        "comment",
        "comments",
        "備考",
        "詳細",
        "詳細情報",
        "説明",
        "メモ",
    ],
    &["website", "url", "homepage", "webサイト", "ホームページ"],
    &["industry", "sector", "業種", "業界"],
    &["employees", "numberofemployees", "headcount", "従業員数", "社員数"],
    &["annualrevenue", "revenue", "turnover", "年間売上", "年商", "売上高"],
    &["leadsource", "source", "見込み客のデータ元", "データ元", "流入元", "獲得経路"],
    &["amount", "total", "金額", "総額", "合計"],
    &["price", "unitprice", "単価", "価格"],
    &["quantity", "qty", "数量"],
    &["stage", "phase", "ステージ", "フェーズ"],
    &["status", "ステータス", "状態", "状況"],
    &["closingdate", "closedate", "完了予定日", "受注予定日"],
    &["duedate", "deadline", "期限", "締切日"],
    &["dateofbirth", "birthday", "birthdate", "生年月日", "誕生日"],
    &["dealname", "opportunityname", "商談名", "案件名"],
    &["productname", "商品名", "製品名"],
    &["productcode", "sku", "itemcode", "商品コード", "製品コード", "品番"],
    &["owner", "所有者", "担当", "営業担当"],
];

fn thing(name: &str) -> Option<usize> {
    let name = words(name).concat();
    THINGS.iter().position(|thing| thing.contains(&name.as_str()))
}

/// True when one of a field's names means the same as this word.
pub(crate) fn means(names: [&str; 2], word: &str) -> bool {
    let meant = thing(word);
    meant.is_some() && names.into_iter().any(|name| thing(name) == meant)
}

/// True when a name of one field and a name of the other mean one thing.
pub(super) fn shared(left: [&str; 2], right: [&str; 2]) -> bool {
    let left = left.map(thing);
    right.map(thing).iter().flatten().any(|thing| left.contains(&Some(*thing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_word_means_one_thing_and_is_written_as_it_is_looked_up() {
        let all: Vec<&str> = THINGS.iter().flat_map(|thing| thing.iter().copied()).collect();
        assert_eq!(all.len(), BTreeSet::from_iter(&all).len(), "a word stands twice");
        for word in all {
            assert_eq!(words(word).concat(), word, "it would never be found");
        }
    }

    #[test]
    fn names_and_labels_of_both_are_looked_at() {
        assert!(shared(["field7", "郵便番号"], ["Mailing_Zip", "Zip Code"]));
        assert!(shared(["Tel", "x"], ["field1", "電話番号"]));
        assert!(!shared(["Phone", "電話"], ["Mobile", "携帯"]));
    }
}
