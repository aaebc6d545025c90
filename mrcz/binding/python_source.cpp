// A ByteSource on a Python object: files opened in Python, web addresses, anything that answers for ranges of bytes.
#include <nanobind/stl/filesystem.h>

#include <cstring>
#include <utility>

#include "binding.hpp"
#include "mrcz/error.hpp"

namespace mrcz::python {
namespace {

/// Memory of Python's own for one reading. What somebody keeps a part of, be it the traceback of an exception, stays
/// theirs: memory of the reader's would be gone by then.
class Loan {
  public:
    explicit Loan(std::size_t bytes)
        : bytes_(nb::steal(PyByteArray_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(bytes)))) {
        if (!bytes_.is_valid()) throw nb::python_error();
    }

    [[nodiscard]] nb::object view() const {
        nb::object view = nb::steal(PyMemoryView_FromObject(bytes_.ptr()));
        if (!view.is_valid()) throw nb::python_error();
        return view;
    }

    void copy_to(std::span<std::byte> into) const {
        Py_buffer held;
        if (PyObject_GetBuffer(bytes_.ptr(), &held, PyBUF_SIMPLE) != 0) throw nb::python_error();
        const bool fits = static_cast<std::size_t>(held.len) == into.size();
        if (fits) {
            const nb::gil_scoped_release unlocked;
            std::memcpy(into.data(), held.buf, into.size());
        }
        PyBuffer_Release(&held);
        if (!fits) throw Error(ErrorCode::invalid_argument, "read_into() changed the size of what it was to fill");
    }

  private:
    nb::object bytes_;
};

class PythonSource final : public ByteSource {
  public:
    explicit PythonSource(const nb::object& object)
        : name_(nb::cast<std::filesystem::path>(object.attr("name")).string()),
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
        const Loan loan(into.size());
        read_into_(offset, loan.view());
        loan.copy_to(into);
    }

  private:
    std::string name_;
    std::uint64_t size_;
    nb::object read_into_;
};

}  // namespace

std::unique_ptr<ByteSource> source_of(const nb::object& object) { return std::make_unique<PythonSource>(object); }

}  // namespace mrcz::python
