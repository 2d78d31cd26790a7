// A page on which a person accepts or rejects suspects; it exports the decisions as a file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "data/audit/label_audit.hpp"

namespace faceshot::data {

/// A stand-alone page, usable by mouse, keyboard and screen reader. Its button downloads
/// audit-decisions.json, which audit_decisions.hpp reads.
/// @param csv the set's file, named in the decisions
/// @param count maximum number of suspects, those with the greatest gain
/// @param detector description of the detector for the page
[[nodiscard]] std::string audit_page(const PreparedSet& set, const LabelAudit& audit,
                                     const std::filesystem::path& csv, std::size_t count,
                                     const std::string& detector);

}  // namespace faceshot::data
