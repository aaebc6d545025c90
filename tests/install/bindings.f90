! usage: bindings FILE FOLDER
!
! Calls what examples/fortran/mrcz.f90 binds and look.f90 does not use, on 40 frames of 160 x 135 pixels; stops with the
! number of the first check that does not hold.
program bindings
  use mrcz
  implicit none
  type(c_ptr) :: reader, context, document
  type(mrcz_stack), target :: stack
  type(mrcz_job_result), target :: outcome
  type(mrcz_changes), target :: changes
  integer(c_int16_t), allocatable, target :: frames(:, :, :)
  integer(c_int8_t), allocatable, target :: small(:, :)
  real(c_double), allocatable :: sums(:, :)
  integer(c_int64_t) :: number
  integer(c_int32_t), target :: stored_format
  integer(c_size_t) :: bytes
  real(c_double) :: mean
  character(len=512) :: input, folder

  call get_command_argument(1, input)
  call get_command_argument(2, folder)
  call check(1, index(mrcz_text(mrcz_version()), '.') > 0)
  call check(2, mrcz_error_group(mrcz_error_not_found) == 2)
  call ok(3, mrcz_struct_init(c_loc(outcome), c_sizeof(outcome)))
  call ok(4, mrcz_context_open(2_c_int32_t, context))
  call ok(5, mrcz_compress(c_path(input), c_path(trim(folder)//'/f.mrcz'), c_null_ptr, context, outcome))
  call check(6, outcome%frames == 40 .and. outcome%bytes_in > outcome%bytes_out .and. outcome%changes%clipped == 0)
  call ok(7, mrcz_decompress(c_path(trim(folder)//'/f.mrcz'), c_path(trim(folder)//'/f.mrcs'), c_null_ptr, context, outcome))
  call check(8, outcome%frames == 40 .and. outcome%bytes_in < outcome%bytes_out)

  call ok(9, mrcz_reader_open(c_path(trim(folder)//'/f.mrcz'), c_null_ptr, reader))
  call ok(10, mrcz_struct_init(c_loc(stack), c_sizeof(stack)))
  call ok(11, mrcz_reader_stack(reader, stack))
  call check(12, stack%frames == 40 .and. stack%rows == 135 .and. stack%columns == 160 .and. stack%has_random_access == 1)
  call ok(13, mrcz_header_integer(reader, mrcz_header_original, 'NZ'//c_null_char, 0_c_int32_t, number))
  call check(14, number == 40)
  call ok(15, mrcz_header_real(reader, mrcz_header_current, 'DMEAN'//c_null_char, 0_c_int32_t, mean))

  allocate (frames(160, 135, 40), small(160, 135), sums(160, 135))
  call ok(16, mrcz_read_frames(reader, 0_c_int64_t, 40_c_int64_t, c_loc(frames), 40 * stack%frame_bytes, context))
  call check(17, abs(sum(real(frames, c_double)) / size(frames) - mean) < 1e-3 * mean)
  call ok(18, mrcz_read_sum(reader, sums, size(sums, kind=c_size_t), context))
  call check(19, nint(sums(7, 3), c_int64_t) == sum(int(frames(7, 3, :), c_int64_t)))
  call ok(20, mrcz_read_frames_as(reader, 0_c_int64_t, 1_c_int64_t, mrcz_int8, mrcz_allow_clip, c_loc(small), &
                                  size(small, kind=c_size_t), c_loc(changes), c_null_ptr))
  call check(21, changes%clipped == count(frames(:, :, 1) > 127) .and. changes%rounded == 0)
  call ok(22, mrcz_reader_metadata(reader, mrcz_metadata_json, document, bytes, c_loc(stored_format)))
  call check(23, .not. c_associated(document) .and. bytes == 0 .and. stored_format == 0)
  call mrcz_free(document)
  call mrcz_reader_close(reader)
  call check(24, mrcz_reader_open(c_path(trim(folder)//'/none'), c_null_ptr, reader) == mrcz_error_not_found)
  call check(25, .not. c_associated(reader) .and. index(mrcz_text(mrcz_last_error()), '/none: ') > 0)
  call mrcz_context_close(context)
  print '(a)', 'all hold'

contains

  function c_path(path) result(text)
    character(len=*), intent(in) :: path
    character(len=:), allocatable :: text
    text = trim(path)//c_null_char
  end function c_path

  subroutine check(number, holds)
    integer, intent(in) :: number
    logical, intent(in) :: holds
    if (holds) return
    print '(a, i0, 2a)', 'check ', number, ' does not hold; last error: ', mrcz_text(mrcz_last_error())
    stop 1
  end subroutine check

  subroutine ok(number, status)
    integer, intent(in) :: number
    integer(c_int32_t), intent(in) :: status
    call check(number, status == mrcz_ok)
  end subroutine ok

end program bindings
