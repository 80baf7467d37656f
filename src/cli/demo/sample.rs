//! The bundled sample: fictional employers, postings written for this project.

/// Board tokens and their answers, in the shape of Greenhouse's public job boards.
pub(super) const BOARDS: &[(&str, &str)] = &[
    ("brindlecote-mutual", include_str!("../../../data/sample/boards/brindlecote-mutual.json")),
    ("brunnwalde-kliniken", include_str!("../../../data/sample/boards/brunnwalde-kliniken.json")),
    ("dunmarrow-bank", include_str!("../../../data/sample/boards/dunmarrow-bank.json")),
    ("fernlock-home-nursing", include_str!("../../../data/sample/boards/fernlock-home-nursing.json")),
    ("grimsholt-rail", include_str!("../../../data/sample/boards/grimsholt-rail.json")),
    ("hollowbeck-studios", include_str!("../../../data/sample/boards/hollowbeck-studios.json")),
    ("kestrelmoor-robotics", include_str!("../../../data/sample/boards/kestrelmoor-robotics.json")),
    ("larkmere-freight", include_str!("../../../data/sample/boards/larkmere-freight.json")),
    ("mossgrain-foods", include_str!("../../../data/sample/boards/mossgrain-foods.json")),
    ("novarrow-cloud", include_str!("../../../data/sample/boards/novarrow-cloud.json")),
    ("oxbarrow-hospitals", include_str!("../../../data/sample/boards/oxbarrow-hospitals.json")),
    ("pellwyn-care", include_str!("../../../data/sample/boards/pellwyn-care.json")),
    ("quillhaven-pay", include_str!("../../../data/sample/boards/quillhaven-pay.json")),
    ("saint-ulmere-health", include_str!("../../../data/sample/boards/saint-ulmere-health.json")),
    ("stellacorn-learning", include_str!("../../../data/sample/boards/stellacorn-learning.json")),
    ("tanglewick-energy", include_str!("../../../data/sample/boards/tanglewick-energy.json")),
    ("tolliver-quay", include_str!("../../../data/sample/boards/tolliver-quay.json")),
    ("veldhaven-klinieken", include_str!("../../../data/sample/boards/veldhaven-klinieken.json")),
    ("wexlethorpe-estates", include_str!("../../../data/sample/boards/wexlethorpe-estates.json")),
    ("zephyrgate-telehealth", include_str!("../../../data/sample/boards/zephyrgate-telehealth.json")),
];

/// A fictional person.
pub(super) const PROFILE: &str = include_str!("../../../data/sample/profile.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_is_complete_json() {
        for (token, text) in BOARDS {
            let board: serde_json::Value = serde_json::from_str(text).unwrap();
            let jobs = board["jobs"].as_array().unwrap().len();
            assert_eq!(board["meta"]["total"], jobs, "{token}");
        }
    }
}
