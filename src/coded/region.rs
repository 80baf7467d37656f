//! The country that a location line names.
//!
//! Locations are free text ("Berlin", "Remote - US", "San Francisco, CA"). The rules, in order:
//! a country's name or usual abbreviation; a state or province of the United States, Canada or
//! Australia; a large city. Anything else has no region, rather than a guessed one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A country, by its ISO 3166-1 alpha-2 code in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region([u8; 2]);

impl Region {
    /// Reads a two-letter code, in any case.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Region {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| format!("`{code}` is no two-letter country code"))
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.code().to_owned()
    }
}

/// Names of countries as location lines write them, lower case, with their codes.
const COUNTRIES: &[(&str, &str)] = &[
    ("united states of america", "US"),
    ("united states", "US"),
    ("usa", "US"),
    ("u.s.", "US"),
    ("us", "US"),
    ("america", "US"),
    ("united kingdom", "GB"),
    ("uk", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("northern ireland", "GB"),
    ("ireland", "IE"),
    ("germany", "DE"),
    ("deutschland", "DE"),
    ("austria", "AT"),
    ("österreich", "AT"),
    ("switzerland", "CH"),
    ("schweiz", "CH"),
    ("france", "FR"),
    ("spain", "ES"),
    ("españa", "ES"),
    ("portugal", "PT"),
    ("italy", "IT"),
    ("italia", "IT"),
    ("netherlands", "NL"),
    ("the netherlands", "NL"),
    ("nederland", "NL"),
    ("belgium", "BE"),
    ("luxembourg", "LU"),
    ("denmark", "DK"),
    ("sweden", "SE"),
    ("sverige", "SE"),
    ("norway", "NO"),
    ("finland", "FI"),
    ("iceland", "IS"),
    ("estonia", "EE"),
    ("latvia", "LV"),
    ("lithuania", "LT"),
    ("poland", "PL"),
    ("polska", "PL"),
    ("czechia", "CZ"),
    ("czech republic", "CZ"),
    ("slovakia", "SK"),
    ("slovenia", "SI"),
    ("hungary", "HU"),
    ("romania", "RO"),
    ("bulgaria", "BG"),
    ("greece", "GR"),
    ("croatia", "HR"),
    ("serbia", "RS"),
    ("ukraine", "UA"),
    ("turkey", "TR"),
    ("türkiye", "TR"),
    ("cyprus", "CY"),
    ("malta", "MT"),
    ("israel", "IL"),
    ("united arab emirates", "AE"),
    ("uae", "AE"),
    ("saudi arabia", "SA"),
    ("qatar", "QA"),
    ("egypt", "EG"),
    ("south africa", "ZA"),
    ("nigeria", "NG"),
    ("kenya", "KE"),
    ("ghana", "GH"),
    ("morocco", "MA"),
    ("india", "IN"),
    ("pakistan", "PK"),
    ("bangladesh", "BD"),
    ("sri lanka", "LK"),
    ("china", "CN"),
    ("hong kong", "HK"),
    ("taiwan", "TW"),
    ("japan", "JP"),
    ("south korea", "KR"),
    ("korea", "KR"),
    ("singapore", "SG"),
    ("malaysia", "MY"),
    ("thailand", "TH"),
    ("vietnam", "VN"),
    ("viet nam", "VN"),
    ("philippines", "PH"),
    ("indonesia", "ID"),
    ("australia", "AU"),
    ("new zealand", "NZ"),
    ("canada", "CA"),
    ("mexico", "MX"),
    ("méxico", "MX"),
    ("brazil", "BR"),
    ("brasil", "BR"),
    ("argentina", "AR"),
    ("chile", "CL"),
    ("colombia", "CO"),
    ("peru", "PE"),
    ("uruguay", "UY"),
    ("costa rica", "CR"),
    ("puerto rico", "PR"),
    ("armenia", "AM"),
    ("kazakhstan", "KZ"),
];

/// States and provinces by name.
const STATES: &[(&str, &str)] = &[
    ("alabama", "US"),
    ("alaska", "US"),
    ("arizona", "US"),
    ("arkansas", "US"),
    ("california", "US"),
    ("colorado", "US"),
    ("connecticut", "US"),
    ("delaware", "US"),
    ("florida", "US"),
    ("hawaii", "US"),
    ("idaho", "US"),
    ("illinois", "US"),
    ("indiana", "US"),
    ("iowa", "US"),
    ("kansas", "US"),
    ("kentucky", "US"),
    ("louisiana", "US"),
    ("maine", "US"),
    ("maryland", "US"),
    ("massachusetts", "US"),
    ("michigan", "US"),
    ("minnesota", "US"),
    ("mississippi", "US"),
    ("missouri", "US"),
    ("montana", "US"),
    ("nebraska", "US"),
    ("nevada", "US"),
    ("new hampshire", "US"),
    ("new jersey", "US"),
    ("new mexico", "US"),
    ("new york", "US"),
    ("north carolina", "US"),
    ("north dakota", "US"),
    ("ohio", "US"),
    ("oklahoma", "US"),
    ("oregon", "US"),
    ("pennsylvania", "US"),
    ("rhode island", "US"),
    ("south carolina", "US"),
    ("south dakota", "US"),
    ("tennessee", "US"),
    ("texas", "US"),
    ("utah", "US"),
    ("vermont", "US"),
    ("virginia", "US"),
    ("washington", "US"),
    ("west virginia", "US"),
    ("wisconsin", "US"),
    ("wyoming", "US"),
    ("district of columbia", "US"),
    ("ontario", "CA"),
    ("quebec", "CA"),
    ("québec", "CA"),
    ("british columbia", "CA"),
    ("alberta", "CA"),
    ("manitoba", "CA"),
    ("nova scotia", "CA"),
    ("new south wales", "AU"),
    ("queensland", "AU"),
    ("bavaria", "DE"),
    ("bayern", "DE"),
    ("hessen", "DE"),
    ("nordrhein-westfalen", "DE"),
    ("baden-württemberg", "DE"),
];

/// Abbreviations of states and provinces, which count only in capitals and after a comma.
const STATE_CODES: &[(&str, &str)] = &[
    (
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH \
      OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC",
        "US",
    ),
    ("ON QC BC AB MB NS NB SK", "CA"),
    ("NSW VIC QLD", "AU"),
];

/// Large cities whose country lines often leave out.
const CITIES: &[(&str, &str)] = &[
    ("new york city", "US"),
    ("nyc", "US"),
    ("n y", "US"),
    ("san francisco", "US"),
    ("sf", "US"),
    ("los angeles", "US"),
    ("seattle", "US"),
    ("boston", "US"),
    ("chicago", "US"),
    ("austin", "US"),
    ("denver", "US"),
    ("atlanta", "US"),
    ("dallas", "US"),
    ("houston", "US"),
    ("miami", "US"),
    ("brooklyn", "US"),
    ("palo alto", "US"),
    ("mountain view", "US"),
    ("san jose", "US"),
    ("san diego", "US"),
    ("portland", "US"),
    ("philadelphia", "US"),
    ("phoenix", "US"),
    ("washington dc", "US"),
    ("salt lake city", "US"),
    ("london", "GB"),
    ("manchester", "GB"),
    ("edinburgh", "GB"),
    ("bristol", "GB"),
    ("leeds", "GB"),
    ("birmingham", "GB"),
    ("glasgow", "GB"),
    ("cambridge", "GB"),
    ("oxford", "GB"),
    ("liverpool", "GB"),
    ("dublin", "IE"),
    ("berlin", "DE"),
    ("munich", "DE"),
    ("münchen", "DE"),
    ("hamburg", "DE"),
    ("frankfurt", "DE"),
    ("frankfurt am main", "DE"),
    ("köln", "DE"),
    ("cologne", "DE"),
    ("stuttgart", "DE"),
    ("düsseldorf", "DE"),
    ("leipzig", "DE"),
    ("dresden", "DE"),
    ("nürnberg", "DE"),
    ("hannover", "DE"),
    ("bremen", "DE"),
    ("duisburg", "DE"),
    ("dortmund", "DE"),
    ("essen", "DE"),
    ("bonn", "DE"),
    ("mannheim", "DE"),
    ("karlsruhe", "DE"),
    ("vienna", "AT"),
    ("wien", "AT"),
    ("zurich", "CH"),
    ("zürich", "CH"),
    ("geneva", "CH"),
    ("basel", "CH"),
    ("paris", "FR"),
    ("lyon", "FR"),
    ("madrid", "ES"),
    ("barcelona", "ES"),
    ("lisbon", "PT"),
    ("porto", "PT"),
    ("milan", "IT"),
    ("rome", "IT"),
    ("amsterdam", "NL"),
    ("rotterdam", "NL"),
    ("utrecht", "NL"),
    ("eindhoven", "NL"),
    ("brussels", "BE"),
    ("copenhagen", "DK"),
    ("stockholm", "SE"),
    ("göteborg", "SE"),
    ("gothenburg", "SE"),
    ("malmö", "SE"),
    ("oslo", "NO"),
    ("helsinki", "FI"),
    ("tallinn", "EE"),
    ("warsaw", "PL"),
    ("warszawa", "PL"),
    ("krakow", "PL"),
    ("kraków", "PL"),
    ("wrocław", "PL"),
    ("prague", "CZ"),
    ("budapest", "HU"),
    ("bucharest", "RO"),
    ("sofia", "BG"),
    ("athens", "GR"),
    ("kyiv", "UA"),
    ("istanbul", "TR"),
    ("tel aviv", "IL"),
    ("dubai", "AE"),
    ("cape town", "ZA"),
    ("johannesburg", "ZA"),
    ("lagos", "NG"),
    ("nairobi", "KE"),
    ("bangalore", "IN"),
    ("bengaluru", "IN"),
    ("mumbai", "IN"),
    ("delhi", "IN"),
    ("new delhi", "IN"),
    ("hyderabad", "IN"),
    ("pune", "IN"),
    ("chennai", "IN"),
    ("gurgaon", "IN"),
    ("gurugram", "IN"),
    ("beijing", "CN"),
    ("shanghai", "CN"),
    ("shenzhen", "CN"),
    ("taipei", "TW"),
    ("tokyo", "JP"),
    ("seoul", "KR"),
    ("bangkok", "TH"),
    ("ho chi minh city", "VN"),
    ("hanoi", "VN"),
    ("manila", "PH"),
    ("jakarta", "ID"),
    ("kuala lumpur", "MY"),
    ("sydney", "AU"),
    ("melbourne", "AU"),
    ("brisbane", "AU"),
    ("auckland", "NZ"),
    ("wellington", "NZ"),
    ("toronto", "CA"),
    ("vancouver", "CA"),
    ("montreal", "CA"),
    ("montréal", "CA"),
    ("ottawa", "CA"),
    ("calgary", "CA"),
    ("waterloo", "CA"),
    ("mexico city", "MX"),
    ("são paulo", "BR"),
    ("sao paulo", "BR"),
    ("buenos aires", "AR"),
    ("santiago", "CL"),
    ("bogotá", "CO"),
    ("bogota", "CO"),
    ("lima", "PE"),
    ("montevideo", "UY"),
];

/// The countries that `location` names, in their order, each once.
///
/// ```
/// use rungs::coded::regions;
/// let codes = |line| regions(line).iter().map(|r| r.code().to_owned()).collect::<Vec<_>>().join(" ");
/// assert_eq!(codes("San Francisco, CA"), "US");
/// assert_eq!(codes("Remote (Germany)"), "DE");
/// assert_eq!(codes("London or Paris, France"), "GB FR");
/// assert_eq!(codes("Remote"), "");
/// ```
#[must_use]
pub fn regions(location: &str) -> Vec<Region> {
    let mut found = Vec::new();
    if location.len() > 400 {
        return found;
    }
    // Places apart from each other; within one, the parts go from town to country.
    let places = location.split(['|', ';', '/', '·']).flat_map(|part| part.split(" or "));
    for code in places.flat_map(countries_of).filter_map(Region::from_code) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// The countries of one place; several only where several countries or cities stand side by side.
fn countries_of(place: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = place
        .split([',', '(', ')', '–', '—'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let folded: Vec<String> = parts.iter().map(|p| fold(p)).collect();
    let countries = look_up(&folded, COUNTRIES);
    if !countries.is_empty() {
        return countries;
    }
    let mut tails = parts.iter().skip(1).filter_map(|p| p.split_whitespace().next());
    let state = tails.find_map(|word| {
        STATE_CODES.iter().find(|(codes, _)| codes.split(' ').any(|c| c == word)).map(|(_, at)| *at)
    });
    if let Some(country) = state {
        return vec![country];
    }
    let states = look_up(&folded, STATES);
    if states.is_empty() { look_up(&folded, CITIES) } else { states }
}

/// Lower case, without words that say how and not where.
fn fold(part: &str) -> String {
    let lowered = part.to_lowercase();
    let words = lowered.split_whitespace().filter(|w| {
        !matches!(
            *w,
            "remote"
                | "in"
                | "hybrid"
                | "onsite"
                | "on-site"
                | "office"
                | "only"
                | "hq"
                | "area"
                | "based"
                | "greater"
                | "metro"
                | "-"
                | "within"
        )
    });
    words.collect::<Vec<_>>().join(" ")
}

fn look_up(parts: &[String], table: &[(&str, &'static str)]) -> Vec<&'static str> {
    let code = |part: &String| table.iter().find(|(name, _)| name == part).map(|(_, code)| *code);
    parts.iter().filter_map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_as_boards_write_them() {
        for (line, expected) in [
            ("Berlin", "DE"),
            ("Remote - US", "US"),
            ("Remote (United States | Canada)", "US CA"),
            ("Pittsburgh, PA 15289", "US"),
            ("Edinburgh, Scotland", "GB"),
            ("London or Paris", "GB FR"),
            ("London, ON", "CA"),
            ("Berlin, Munich", "DE"),
            ("Germany, Austria, Switzerland", "DE AT CH"),
            ("Toronto, ON", "CA"),
            ("Remote, Italy", "IT"),
            ("Bengaluru", "IN"),
            ("In office", ""),
            ("Anywhere", ""),
            ("", ""),
        ] {
            let codes: Vec<String> = regions(line).iter().map(|r| r.code().to_owned()).collect();
            assert_eq!(codes.join(" "), expected, "{line}");
        }
    }
}
