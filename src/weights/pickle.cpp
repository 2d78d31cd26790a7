#include "weights/pickle.hpp"

#include <bit>
#include <map>
#include <optional>

#include "faceshot/error.hpp"
#include "weights/input_file.hpp"

namespace faceshot::weights {
namespace {

/// A state dict of a thousand tensors creates about twenty thousand. Each one-byte opcode can
/// create one, of a hundred bytes in memory.
constexpr std::size_t most_values = 1'000'000;

/// Arguments of a call, dimensions of a tensor. A list can be referenced many times, so copies of
/// long ones would multiply.
constexpr std::size_t most_items = 64;

std::optional<ElementType> storage_type(const std::string& global) {
  static const std::map<std::string, ElementType> types{
      {"torch HalfStorage", ElementType::float16},
      {"torch BFloat16Storage", ElementType::bfloat16},
      {"torch FloatStorage", ElementType::float32},
      {"torch DoubleStorage", ElementType::float64},
      {"torch CharStorage", ElementType::int8},
      {"torch ByteStorage", ElementType::uint8},
      {"torch ShortStorage", ElementType::int16},
      {"torch IntStorage", ElementType::int32},
      {"torch LongStorage", ElementType::int64},
      {"torch BoolStorage", ElementType::boolean}};
  const auto found = types.find(global);
  if (found == types.end()) return std::nullopt;
  return found->second;
}

/// Whether all elements are inside the storage.
bool fits(const PickleTensor& tensor) {
  if (tensor.shape.size() != tensor.strides.size() || tensor.offset < 0) return false;
  bool empty = false;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    if (tensor.shape[d] < 0 || tensor.strides[d] < 0) return false;
    empty = empty || tensor.shape[d] == 0;
  }
  if (empty) return true;
  std::int64_t room = tensor.storage.count - tensor.offset - 1;  // after the first element
  for (std::size_t d = 0; d < tensor.shape.size() && room >= 0; ++d) {
    const std::int64_t steps = tensor.shape[d] - 1;
    if (steps > 0 && tensor.strides[d] > room / steps) return false;
    room -= steps * tensor.strides[d];
  }
  return room >= 0;
}

/// The stack machine of Python's pickletools, with the opcodes that torch.save() uses.
class Machine {
 public:
  Machine(std::string_view bytes, const std::filesystem::path& path) : bytes_(bytes), path_(path) {}

  Pickle run() {
    while (step(byte())) {
    }
    pickle_.root = pop();
    return std::move(pickle_);
  }

 private:
  // --- bytes ------------------------------------------------------------------------------------

  std::string_view take(std::uint64_t count) {
    require(count <= bytes_.size() - at_);
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  unsigned char byte() { return static_cast<unsigned char>(take(1)[0]); }
  std::uint64_t unsigned_number(std::size_t count) {
    const std::string_view taken = take(count);
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  /// Two's complement of `count` bytes, 1 to 8.
  std::int64_t signed_number(std::size_t count) {
    const auto unused = 64 - 8 * count;
    return std::bit_cast<std::int64_t>(unsigned_number(count) << unused) >> unused;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    require(end != std::string_view::npos);
    std::string text(take(end - at_));
    (void)take(1);
    return text;
  }
  /// IEEE double, big-endian.
  double real() {
    const std::string_view taken = take(8);
    std::uint64_t bits = 0;
    for (const char c : taken) bits = bits << 8 | static_cast<unsigned char>(c);
    return std::bit_cast<double>(bits);
  }

  // --- stack ------------------------------------------------------------------------------------

  void push(PickleValue value) {
    require(pickle_.values.size() < most_values);
    pickle_.values.push_back(std::move(value));
    stack_.push_back(pickle_.values.size() - 1);
  }
  PickleIndex top() {
    require(!stack_.empty());
    return stack_.back();
  }
  PickleIndex pop() {
    const PickleIndex index = top();
    // Values below a mark belong to the code that set it.
    require(marks_.empty() || stack_.size() > marks_.back());
    stack_.pop_back();
    return index;
  }
  std::vector<PickleIndex> pop_to_mark() {
    require(!marks_.empty() && marks_.back() <= stack_.size());
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleIndex> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<PickleIndex> pop_items(std::size_t count) {
    std::vector<PickleIndex> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }
  void remember(std::uint64_t slot) { memo_[slot] = top(); }
  void recall(std::uint64_t slot) {
    const auto found = memo_.find(slot);
    require(found != memo_.end());
    stack_.push_back(found->second);
  }
  template <typename T>
  T& as(PickleIndex index) {
    T* const value = std::get_if<T>(&pickle_.values[index]);
    require(value != nullptr);
    return *value;
  }

  // --- opcodes ----------------------------------------------------------------------------------

  /// False at the end of the program.
  bool step(unsigned char opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (byte() != 2) unsupported("its pickle protocol is not 2");
        return true;
      case '.':  // STOP
        return false;
      case '(':  // MARK
        marks_.push_back(stack_.size());
        return true;
      case 'q':  // BINPUT
        remember(byte());
        return true;
      case 'r':  // LONG_BINPUT
        remember(unsigned_number(4));
        return true;
      case 'h':  // BINGET
        recall(byte());
        return true;
      case 'j':  // LONG_BINGET
        recall(unsigned_number(4));
        return true;
      case 'R':  // REDUCE
        reduce();
        return true;
      case 'b':  // BUILD: attributes of an OrderedDict, such as PyTorch's _metadata
        (void)pop();
        (void)as<PickleDict>(top());
        return true;
      case 'Q':  // BINPERSID
        push(storage(as<PickleList>(pop())));
        return true;
      case 'c': {  // GLOBAL
        const std::string module = line();
        push(PickleGlobal{module + " " + line()});
        return true;
      }
      default:
        if (!step_value(opcode) && !step_container(opcode))
          unsupported("it contains more than tensors, numbers and strings");
        return true;
    }
  }

  bool step_value(unsigned char opcode) {
    switch (opcode) {
      case 'N':  // NONE
        push({});
        return true;
      case 0x88:  // NEWTRUE
      case 0x89:  // NEWFALSE
        push(opcode == 0x88);
        return true;
      case 'K':  // BININT1
        push(static_cast<std::int64_t>(unsigned_number(1)));
        return true;
      case 'M':  // BININT2
        push(static_cast<std::int64_t>(unsigned_number(2)));
        return true;
      case 'J':  // BININT
        push(signed_number(4));
        return true;
      case 0x8a: {  // LONG1
        const std::size_t count = byte();
        require(count <= 8);
        push(count == 0 ? std::int64_t{0} : signed_number(count));
        return true;
      }
      case 'G':  // BINFLOAT
        push(real());
        return true;
      case 'X':  // BINUNICODE
        push(std::string(take(unsigned_number(4))));
        return true;
      default:
        return false;
    }
  }

  bool step_container(unsigned char opcode) {
    switch (opcode) {
      case '}':  // EMPTY_DICT
        push(PickleDict{});
        return true;
      case ']':  // EMPTY_LIST
      case ')':  // EMPTY_TUPLE
        push(PickleList{});
        return true;
      case 't':  // TUPLE
        push(PickleList{pop_to_mark()});
        return true;
      case 0x85:  // TUPLE1
      case 0x86:  // TUPLE2
      case 0x87:  // TUPLE3
        push(PickleList{pop_items(opcode - 0x84U)});
        return true;
      case 'a':  // APPEND
        append(pop_items(1));
        return true;
      case 'e':  // APPENDS
        append(pop_to_mark());
        return true;
      case 's':  // SETITEM
        set_items(pop_items(2));
        return true;
      case 'u':  // SETITEMS
        set_items(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void append(const std::vector<PickleIndex>& items) {
    auto& list = as<PickleList>(top()).items;
    list.insert(list.end(), items.begin(), items.end());
  }

  void set_items(const std::vector<PickleIndex>& items) {
    require(items.size() % 2 == 0);
    auto& dict = as<PickleDict>(top()).items;
    for (std::size_t i = 0; i < items.size(); i += 2) dict.emplace_back(items[i], items[i + 1]);
  }

  /// ("storage", type, key, device, number of elements)
  PickleStorage storage(const PickleList& id) {
    require(id.items.size() == 5 && as<std::string>(id.items[0]) == "storage");
    const std::string& name = as<PickleGlobal>(id.items[1]).name;
    const auto type = storage_type(name);
    if (!type) unsupported("it contains a '" + name + "'");
    PickleStorage made{as<std::string>(id.items[2]), *type, as<std::int64_t>(id.items[4])};
    require(made.count >= 0);
    return made;
  }

  /// A function call: the few known ones are emulated, none is executed.
  void reduce() {
    const PickleIndex tuple = pop();
    require(as<PickleList>(tuple).items.size() <= most_items);
    const auto arguments = as<PickleList>(tuple).items;
    const std::string name = as<PickleGlobal>(pop()).name;
    if (name == "collections OrderedDict" && arguments.empty()) {
      push(PickleDict{});
    } else if (name == "torch._utils _rebuild_tensor_v2") {
      push(tensor(arguments));
    } else if (name == "torch._utils _rebuild_parameter" && !arguments.empty()) {
      (void)as<PickleTensor>(arguments[0]);
      stack_.push_back(arguments[0]);
    } else if (name == "torch.jit._pickle restore_type_tag" && !arguments.empty()) {
      stack_.push_back(arguments[0]);  // C++'s typed dictionaries and lists
    } else {
      unsupported("it contains an object made by '" + name + "'");
    }
  }

  /// (storage, offset, shape, strides, requires_grad, hooks)
  PickleTensor tensor(const std::vector<PickleIndex>& arguments) {
    require(arguments.size() >= 4);
    PickleTensor made{as<PickleStorage>(arguments[0]), as<std::int64_t>(arguments[1]),
                      integers(arguments[2]), integers(arguments[3])};
    require(fits(made));
    return made;
  }
  std::vector<std::int64_t> integers(PickleIndex list) {
    require(as<PickleList>(list).items.size() <= most_items);
    std::vector<std::int64_t> numbers;
    for (const PickleIndex item : as<PickleList>(list).items)
      numbers.push_back(as<std::int64_t>(item));
    return numbers;
  }

  void require(bool good) const {
    if (!good) damaged_file(path_, "the pickle in it is damaged; copy the file again");
  }
  [[noreturn]] void unsupported(const std::string& why) const {
    throw Error(ErrorCode::unsupported,
                "'" + path_.string() + "': " + why +
                    "; save the tensors alone, with torch.save(network.state_dict(), ...)");
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  const std::filesystem::path& path_;
  Pickle pickle_;
  std::vector<PickleIndex> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleIndex> memo_;
};

}  // namespace

PickleIndex Pickle::find(PickleIndex dict, std::string_view key) const {
  if (const auto* const found = std::get_if<PickleDict>(&values[dict]))
    for (const auto& [name, value] : found->items)
      if (const auto* const text = std::get_if<std::string>(&values[name]);
          text != nullptr && *text == key)
        return value;
  return values.size();
}

Pickle read_pickle(std::string_view bytes, const std::filesystem::path& path) {
  return Machine(bytes, path).run();
}

}  // namespace faceshot::weights
