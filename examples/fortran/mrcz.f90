! The C interface of mrcz for Fortran 2003 and later: numbers, structures and functions as in mrcz/mrcz.h, which says
! what they do. What is not here is bound in the same way.
!
! Frames are [frame][row][column] in C, so that a Fortran array of them is (column, row, frame). Texts for C end with
! c_null_char; mrcz_text() makes Fortran's of C's.
module mrcz
  use, intrinsic :: iso_c_binding
  implicit none
  public

  integer(c_int32_t), parameter :: mrcz_ok = 0
  integer(c_int32_t), parameter :: mrcz_error_not_found = 203

  integer(c_int32_t), parameter :: mrcz_int8 = 1, mrcz_uint8 = 2, mrcz_int16 = 3, mrcz_uint16 = 4, mrcz_int32 = 5, &
    mrcz_uint32 = 6, mrcz_float16 = 7, mrcz_float32 = 8, mrcz_complex_int16 = 9, mrcz_complex_float32 = 10, &
    mrcz_rgb8 = 11, mrcz_uint4 = 12
  integer(c_int32_t), parameter :: mrcz_allow_clip = 1, mrcz_allow_round = 2
  integer(c_int32_t), parameter :: mrcz_header_current = 0, mrcz_header_original = 1
  integer(c_int32_t), parameter :: mrcz_metadata_as_stored = 0, mrcz_metadata_json = 1, mrcz_metadata_msgpack = 2

  type, bind(C) :: mrcz_stack
    integer(c_size_t) :: struct_size
    integer(c_int64_t) :: frames, rows, columns, volume_sections
    integer(c_int64_t) :: frame_bytes, file_bytes, stored_bytes
    real(c_double) :: voxel_angstrom(3)
    integer(c_int32_t) :: pixel_type, row_packing, codec_id, is_big_endian, has_random_access, findings
  end type mrcz_stack

  type, bind(C) :: mrcz_changes
    integer(c_int64_t) :: clipped, rounded
  end type mrcz_changes

  type, bind(C) :: mrcz_writer_options
    integer(c_size_t) :: struct_size
    integer(c_int64_t) :: columns, rows, volume_sections
    real(c_double) :: voxel_angstrom(3)
    real(c_double) :: voltage_kv, spherical_aberration_mm, detector_gain
    type(c_ptr) :: label, codec
    integer(c_int64_t) :: block_bytes
    type(c_ptr) :: metadata
    integer(c_size_t) :: metadata_bytes
    real(c_double) :: live_seconds
    integer(c_int64_t) :: live_frames
    integer(c_int32_t) :: metadata_format, pixel_type, is_volume, level, filter, overwrite, is_live, reserved
  end type mrcz_writer_options

  type, bind(C) :: mrcz_job_result
    integer(c_size_t) :: struct_size
    integer(c_int64_t) :: frames, bytes_in, bytes_out
    type(mrcz_changes) :: changes
  end type mrcz_job_result

  interface
    function mrcz_version() bind(C) result(text)
      import :: c_ptr
      type(c_ptr) :: text
    end function mrcz_version

    function mrcz_last_error() bind(C) result(text)
      import :: c_ptr
      type(c_ptr) :: text
    end function mrcz_last_error

    pure function mrcz_error_group(status) bind(C) result(group)
      import :: c_int32_t
      integer(c_int32_t), value, intent(in) :: status
      integer(c_int32_t) :: group
    end function mrcz_error_group

    function mrcz_struct_init(structure, bytes) bind(C) result(status)
      import :: c_ptr, c_size_t, c_int32_t
      type(c_ptr), value :: structure
      integer(c_size_t), value :: bytes
      integer(c_int32_t) :: status
    end function mrcz_struct_init

    subroutine mrcz_free(memory) bind(C)
      import :: c_ptr
      type(c_ptr), value :: memory
    end subroutine mrcz_free

    function mrcz_pixel_type_name(pixel_type) bind(C) result(text)
      import :: c_ptr, c_int32_t
      integer(c_int32_t), value :: pixel_type
      type(c_ptr) :: text
    end function mrcz_pixel_type_name

    function mrcz_context_open(threads, context) bind(C) result(status)
      import :: c_ptr, c_int32_t
      integer(c_int32_t), value :: threads
      type(c_ptr), intent(out) :: context
      integer(c_int32_t) :: status
    end function mrcz_context_open

    subroutine mrcz_context_close(context) bind(C)
      import :: c_ptr
      type(c_ptr), value :: context
    end subroutine mrcz_context_close

    ! options: c_null_ptr for the defaults
    function mrcz_reader_open(path, options, reader) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), value :: options
      type(c_ptr), intent(out) :: reader
      integer(c_int32_t) :: status
    end function mrcz_reader_open

    subroutine mrcz_reader_close(reader) bind(C)
      import :: c_ptr
      type(c_ptr), value :: reader
    end subroutine mrcz_reader_close

    function mrcz_reader_stack(reader, stack) bind(C) result(status)
      import :: c_ptr, c_int32_t, mrcz_stack
      type(c_ptr), value :: reader
      type(mrcz_stack), intent(inout) :: stack
      integer(c_int32_t) :: status
    end function mrcz_reader_stack

    function mrcz_header_integer(reader, which, name, index, number) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t, c_int64_t
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: which, index
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int64_t), intent(out) :: number
      integer(c_int32_t) :: status
    end function mrcz_header_integer

    function mrcz_header_real(reader, which, name, index, number) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t, c_double
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: which, index
      character(kind=c_char), intent(in) :: name(*)
      real(c_double), intent(out) :: number
      integer(c_int32_t) :: status
    end function mrcz_header_real

    ! document: freed with mrcz_free(); stored_format: c_null_ptr, or where a number is to go
    function mrcz_reader_metadata(reader, format, document, bytes, stored_format) bind(C) result(status)
      import :: c_ptr, c_int32_t, c_size_t
      type(c_ptr), value :: reader, stored_format
      integer(c_int32_t), value :: format
      type(c_ptr), intent(out) :: document
      integer(c_size_t), intent(out) :: bytes
      integer(c_int32_t) :: status
    end function mrcz_reader_metadata

    ! out: c_loc of an array; context: c_null_ptr for the calling thread alone
    function mrcz_read_frames(reader, first, count, out, bytes, context) bind(C) result(status)
      import :: c_ptr, c_int32_t, c_int64_t, c_size_t
      type(c_ptr), value :: reader, out, context
      integer(c_int64_t), value :: first, count
      integer(c_size_t), value :: bytes
      integer(c_int32_t) :: status
    end function mrcz_read_frames

    ! changes: c_null_ptr, or c_loc of a mrcz_changes
    function mrcz_read_frames_as(reader, first, count, pixel_type, allow, out, bytes, changes, context) bind(C) &
        result(status)
      import :: c_ptr, c_int32_t, c_int64_t, c_size_t
      type(c_ptr), value :: reader, out, changes, context
      integer(c_int64_t), value :: first, count
      integer(c_int32_t), value :: pixel_type, allow
      integer(c_size_t), value :: bytes
      integer(c_int32_t) :: status
    end function mrcz_read_frames_as

    function mrcz_read_sum(reader, sums, pixels, context) bind(C) result(status)
      import :: c_ptr, c_double, c_int32_t, c_size_t
      type(c_ptr), value :: reader, context
      real(c_double), intent(out) :: sums(*)
      integer(c_size_t), value :: pixels
      integer(c_int32_t) :: status
    end function mrcz_read_sum

    function mrcz_writer_create(path, options, writer) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t, mrcz_writer_options
      character(kind=c_char), intent(in) :: path(*)
      type(mrcz_writer_options), intent(in) :: options
      type(c_ptr), intent(out) :: writer
      integer(c_int32_t) :: status
    end function mrcz_writer_create

    function mrcz_writer_append(writer, frames, bytes, context) bind(C) result(status)
      import :: c_ptr, c_int32_t, c_size_t
      type(c_ptr), value :: writer, frames, context
      integer(c_size_t), value :: bytes
      integer(c_int32_t) :: status
    end function mrcz_writer_append

    function mrcz_writer_finish(writer, file_bytes) bind(C) result(status)
      import :: c_ptr, c_int32_t, c_int64_t
      type(c_ptr), value :: writer
      integer(c_int64_t), intent(out) :: file_bytes
      integer(c_int32_t) :: status
    end function mrcz_writer_finish

    subroutine mrcz_writer_close(writer) bind(C)
      import :: c_ptr
      type(c_ptr), value :: writer
    end subroutine mrcz_writer_close

    function mrcz_compress(input, output, options, context, outcome) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t, mrcz_job_result
      character(kind=c_char), intent(in) :: input(*), output(*)
      type(c_ptr), value :: options, context
      type(mrcz_job_result), intent(inout) :: outcome
      integer(c_int32_t) :: status
    end function mrcz_compress

    function mrcz_decompress(input, output, options, context, outcome) bind(C) result(status)
      import :: c_ptr, c_char, c_int32_t, mrcz_job_result
      character(kind=c_char), intent(in) :: input(*), output(*)
      type(c_ptr), value :: options, context
      type(mrcz_job_result), intent(inout) :: outcome
      integer(c_int32_t) :: status
    end function mrcz_decompress
  end interface

  interface
    pure function c_strlen(text) bind(C, name='strlen') result(length)
      import :: c_ptr, c_size_t
      type(c_ptr), value, intent(in) :: text
      integer(c_size_t) :: length
    end function c_strlen
  end interface
  private :: c_strlen

contains

  ! A copy of a text of C; empty of a null pointer.
  function mrcz_text(text) result(copy)
    type(c_ptr), intent(in) :: text
    character(len=:), allocatable :: copy
    character(kind=c_char), pointer :: characters(:)
    integer(c_size_t) :: length, i
    length = 0
    if (c_associated(text)) length = c_strlen(text)
    allocate (character(len=length) :: copy)
    if (length == 0) return
    call c_f_pointer(text, characters, [length])
    do i = 1, length
      copy(i:i) = characters(i)
    end do
  end function mrcz_text

end module mrcz
