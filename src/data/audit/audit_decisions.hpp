// A person's decisions on an audit page, and applying them to the set.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/audit/label_audit.hpp"

namespace faceshot::data {

struct AuditDecision {
  std::string image;
  SuspectKind kind = SuspectKind::missing;
  int class_id = 0;
  Box box;                   ///< proposed
  std::optional<Box> label;  ///< of a loose box: as it stood in the set
  bool accepted = false;
};

struct AuditDecisions {
  std::filesystem::path csv;  ///< the set's file that the page was made of
  std::vector<AuditDecision> decisions;
};

/// @throws Error(not_found), Error(io); Error(format) "FILE: what" for what is not a file of
/// decisions
[[nodiscard]] AuditDecisions read_audit_decisions(const std::filesystem::path& path);

struct AppliedAudit {
  std::size_t added = 0, replaced = 0;  ///< labels
  std::size_t rejected = 0;
  std::size_t already = 0;  ///< decisions that the set holds already
};

/// Accepted labels are a person's (source 0). Decisions may be applied twice: what is there already
/// is counted and left.
/// @throws Error(invalid_argument), with the set as it was, for an image or a class that the set
/// does
///         not have, a box outside the image, or a label that is not there any more
[[nodiscard]] AppliedAudit apply_audit(const AuditDecisions& decisions, PreparedSet& set);

}  // namespace faceshot::data
