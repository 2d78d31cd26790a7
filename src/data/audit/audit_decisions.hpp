// A person's decisions on an audit page, and how they are applied to the set.
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
  std::optional<Box> label;  ///< of a loose box: as it was in the set
  bool accepted = false;
};

struct AuditDecisions {
  std::filesystem::path csv;  ///< the set's file that the page was made from
  std::vector<AuditDecision> decisions;
};

/// @throws Error(not_found), Error(io); Error(format) "FILE: what" if it is not a file of decisions
[[nodiscard]] AuditDecisions read_audit_decisions(const std::filesystem::path& path);

struct AppliedAudit {
  std::size_t added = 0, replaced = 0;  ///< labels
  std::size_t rejected = 0;
  std::size_t already = 0;  ///< decisions that the set already contains
};

/// Accepted labels count as a person's (source 0). Decisions may be applied twice: those already
/// present are counted and left unchanged.
/// @throws Error(invalid_argument), with the set unchanged, for an image or class that the set does
/// not
///         have, a box outside the image, or a label that no longer exists
[[nodiscard]] AppliedAudit apply_audit(const AuditDecisions& decisions, PreparedSet& set);

}  // namespace faceshot::data
