// `faceshot prepare`: converts foreign data sets to the prepared form.
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "common/console.hpp"
#include "data/prepared/set_builder.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "prepare_run.hpp"
#include "prepare_sources.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct PrepareArguments {
  SourceOptions source;
  PrepareOptions options;
};

Source read(const SourceOptions& o, const SourceKind& kind, data::FlawLog& flaws) {
  const bool by_root = kind.root != nullptr && !o.root.empty();
  if (!by_root && o.images.empty())
    throw Error(ErrorCode::invalid_argument, kind.root != nullptr
                                                 ? "give --root, or --images and --annotations"
                                                 : "give --images");
  if (!by_root && !fs::is_directory(o.images))
    throw Error(ErrorCode::not_found, "--images '" + o.images.string() + "' is not a folder");
  if (!by_root && kind.annotations != nullptr && o.annotations.empty())
    throw Error(ErrorCode::invalid_argument, "give --annotations");
  return kind.read(o, flaws);
}

int prepare(const PrepareArguments& o, const SourceKind& kind) {
  data::check_destination(o.options.out);
  data::FlawLog flaws(o.options.strict);
  std::vector<Source> parts;
  SourceOptions source = o.source;
  source.split = o.options.split;
  parts.push_back(read(source, kind, flaws));
  return prepare_set(o.options, std::move(parts), flaws);
}

void add_source_options(CLI::App& command, const SourceKind& kind, SourceOptions& o) {
  CLI::Option* images =
      command.add_option("--images", o.images, "Folder that image names are relative to");
  CLI::Option* annotations =
      kind.annotations == nullptr
          ? nullptr
          : command.add_option("--annotations", o.annotations, kind.annotations);
  if (kind.root != nullptr) {
    command.add_option("--root", o.root, kind.root)->excludes(images)->excludes(annotations);
  } else {
    images->required();
    if (annotations != nullptr) annotations->required();
  }
  if (kind.has_names)
    command.add_option("--names", o.names,
                       "data.yaml, classes.txt or obj.names with the class names");
}

void add_kind(CLI::App& prepare_command, const SourceKind& kind, int& exit_code) {
  auto options = std::make_shared<PrepareArguments>();
  CLI::App* command = prepare_command.add_subcommand(kind.name, kind.help);
  add_source_options(*command, kind, options->source);
  add_prepare_options(*command, options->options);
  command->get_option("--out")->required();
  command->footer(kind.example);
  command->callback([options, &kind, &exit_code] {
    exit_code = guarded([&] { return prepare(*options, kind); });
  });
}

}  // namespace

void add_prepare(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("prepare", "Convert a data set to the prepared format");
  command->require_subcommand(1);
  for (const SourceKind& kind : source_kinds()) add_kind(*command, kind, exit_code);
  add_prepare_auto(*command, exit_code);
  add_set_commands(*command, exit_code);
  command->footer(source_kinds().front().example);
}

}  // namespace faceshot::cli
