// A ByteSource on a Python object: files opened in Python, web addresses, anything that answers for ranges of bytes.
#include <nanobind/stl/string.h>

#include <utility>

#include "binding.hpp"

namespace mrcz::python {
namespace {

class PythonSource final : public ByteSource {
  public:
    explicit PythonSource(const nb::object& object)
        : name_(nb::cast<std::string>(object.attr("name"))),
          size_(nb::cast<std::uint64_t>(object.attr("size"))),
          read_into_(object.attr("read_into")) {}
    ~PythonSource() override {
        const nb::gil_scoped_acquire locked;
        read_into_.reset();
    }
    PythonSource(const PythonSource&) = delete;
    PythonSource& operator=(const PythonSource&) = delete;

    std::uint64_t size() const override { return size_; }
    const std::string& name() const noexcept override { return name_; }

    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        if (into.empty()) return;
        const nb::gil_scoped_acquire locked;
        const auto view = nb::steal(PyMemoryView_FromMemory(reinterpret_cast<char*>(into.data()),
                                                            static_cast<Py_ssize_t>(into.size()), PyBUF_WRITE));
        if (!view.is_valid()) throw nb::python_error();
        read_into_(offset, view);
        // The memory goes away; a view of it that somebody kept must not lead there.
        view.attr("release")();
    }

  private:
    std::string name_;
    std::uint64_t size_;
    nb::object read_into_;
};

}  // namespace

std::unique_ptr<ByteSource> source_of(const nb::object& object) { return std::make_unique<PythonSource>(object); }

}  // namespace mrcz::python
