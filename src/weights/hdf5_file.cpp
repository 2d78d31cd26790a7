#include "weights/hdf5_file.hpp"

#include <cstring>

#include "faceshot/error.hpp"

namespace faceshot::weights {
namespace {

/// Lists of names in real files have a few kilobytes.
constexpr std::size_t most_text_bytes = std::size_t{16} << 20;

/// By default HDF5 prints an error stack, and loads filters from a folder named by an environment
/// variable.
void quieten() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
}

herr_t refuse_external_link(const char*, const char*, const char*, const char*, unsigned*, hid_t,
                            void*) {
  return -1;
}

std::vector<std::int64_t> shape_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) return {-1};
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  return {extents.begin(), extents.end()};
}

/// NumPy's name, or "" if it is not a plain number.
std::string type_name(hid_t type) {
  const std::string bits = std::to_string(H5Tget_size(type) * 8);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return "float" + bits;
    case H5T_INTEGER:
      return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
    default:
      return "";
  }
}

/// Strings of fixed width, padded with zeros.
std::vector<std::string> fixed_texts(hid_t attribute, hid_t type, std::size_t count) {
  const std::size_t width = H5Tget_size(type);
  if (width == 0 || count > most_text_bytes / width) return {};
  std::string bytes(count * width, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) return {};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string padded = bytes.substr(i * width, width);
    texts.emplace_back(padded.c_str());
  }
  return texts;
}

std::vector<std::string> variable_texts(hid_t attribute, hid_t type, hid_t space,
                                        std::size_t count) {
  if (count > most_text_bytes / sizeof(char*)) return {};
  std::vector<char*> pointers(count, nullptr);
  if (H5Aread(attribute, type, pointers.data()) < 0) return {};
  std::vector<std::string> texts;
  for (const char* const text : pointers) texts.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

}  // namespace

Hdf5File::Hdf5File(const std::filesystem::path& path)
    : path_(path),
      file_((quieten(), H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)), H5Fclose),
      access_(H5Pcreate(H5P_LINK_ACCESS), H5Pclose) {
  if (!file_.valid()) damaged_file(path, "the file is damaged, or not an HDF5 file");
  H5Pset_elink_cb(access_.id(), refuse_external_link, nullptr);
}

bool Hdf5File::has(const std::string& at) const {
  return Hdf5Object(H5Oopen(file_.id(), at.c_str(), access_.id()), H5Oclose).valid();
}

Hdf5Object Hdf5File::open(const std::string& at) const {
  Hdf5Object object(H5Oopen(file_.id(), at.c_str(), access_.id()), H5Oclose);
  if (!object.valid()) damaged_file(path_, "there is no '" + at + "' in it, or it is damaged");
  return object;
}

bool Hdf5File::has_attribute(const std::string& at, const std::string& name) const {
  return H5Aexists(open(at).id(), name.c_str()) > 0;
}

std::vector<std::string> Hdf5File::texts(const std::string& at, const std::string& name) const {
  const Hdf5Object object = open(at);
  const auto damaged = [&] {
    damaged_file(path_, "attribute '" + name + "' of '" + at + "' is not a list of names");
  };
  const Hdf5Object attribute(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) damaged();
  const Hdf5Object space(H5Aget_space(attribute.id()), H5Sclose);
  const Hdf5Object type(H5Aget_type(attribute.id()), H5Tclose);
  const hssize_t count = space.valid() ? H5Sget_simple_extent_npoints(space.id()) : -1;
  if (count == 0) return {};
  if (count < 0 || !type.valid() || H5Tget_class(type.id()) != H5T_STRING) damaged();
  const auto wanted = static_cast<std::size_t>(count);
  std::vector<std::string> names =
      H5Tis_variable_str(type.id()) > 0
          ? variable_texts(attribute.id(), type.id(), space.id(), wanted)
          : fixed_texts(attribute.id(), type.id(), wanted);
  if (names.size() != wanted) damaged();
  return names;
}

std::vector<std::string> Hdf5File::numeric_datasets() const {
  std::vector<std::string> paths;
  list("/", 0, paths);
  return paths;
}

void Hdf5File::list(const std::string& at, int depth, std::vector<std::string>& paths) const {
  // Groups may contain themselves.
  constexpr int deepest = 16;
  constexpr std::size_t most = 100'000;
  const Hdf5Object group = open(at);
  H5G_info_t info{};
  if (depth > deepest || paths.size() > most || H5Gget_info(group.id(), &info) < 0)
    damaged_file(path_, "its groups are damaged or nested too deeply");
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    std::string name(1024, '\0');
    const ssize_t length = H5Lget_name_by_idx(group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                              name.data(), name.size(), H5P_DEFAULT);
    if (length <= 0 || static_cast<std::size_t>(length) >= name.size())
      damaged_file(path_, "group '" + at + "' is damaged");
    name.resize(static_cast<std::size_t>(length));
    const std::string child = depth == 0 ? name : at + "/" + name;
    const Hdf5Object object = open(child);
    const H5I_type_t kind = H5Iget_type(object.id());
    if (kind == H5I_GROUP) list(child, depth + 1, paths);
    if (kind != H5I_DATASET) continue;
    const Hdf5Object type(H5Dget_type(object.id()), H5Tclose);
    if (type.valid() && !type_name(type.id()).empty()) paths.push_back(child);
  }
}

NamedArray Hdf5File::read(const std::string& at, const std::string& name,
                          MemoryBudget& budget) const {
  const Hdf5Object dataset = open(at);
  if (H5Iget_type(dataset.id()) != H5I_DATASET)
    damaged_file(path_, "'" + at + "' is not a data set");
  const Hdf5Object type(H5Dget_type(dataset.id()), H5Tclose);
  const Hdf5Object space(H5Dget_space(dataset.id()), H5Sclose);
  const Hdf5Object creation(H5Dget_create_plist(dataset.id()), H5Pclose);
  if (!type.valid() || !space.valid() || !creation.valid())
    damaged_file(path_, "data set '" + at + "' is damaged");
  if (H5Pget_external_count(creation.id()) != 0 || H5Pget_layout(creation.id()) == H5D_VIRTUAL)
    throw Error(ErrorCode::unsupported,
                "'" + path_.string() + "': data set '" + at + "' is stored in another file");
  NamedArray array{name, type_name(type.id()), shape_of(space.id()), {}};
  if (array.dtype.empty())
    throw Error(ErrorCode::unsupported,
                "'" + path_.string() + "': data set '" + at + "' does not contain plain numbers");
  array.values.resize(budget.take(array.shape, name));
  if (!array.values.empty() && H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                                       H5P_DEFAULT, array.values.data()) < 0)
    damaged_file(path_, "data set '" + at + "' is damaged");
  return array;
}

}  // namespace faceshot::weights
