! usage: look FILE OUT
!
! Tells the shape of an MRC or MRCZ file and the sum of its middle frame, and writes that frame into a small compressed
! file of floats.
program look
  use, intrinsic :: iso_fortran_env, only: error_unit
  use mrcz
  implicit none
  type(c_ptr) :: reader, writer
  type(mrcz_stack), target :: stack
  type(mrcz_writer_options), target :: options
  real(c_float), allocatable, target :: frame(:, :)
  integer(c_int64_t) :: middle, bytes
  integer(c_size_t) :: frame_bytes

  if (command_argument_count() /= 2) then
    write (error_unit, '(a)') 'usage: look FILE OUT'
    stop 2, quiet=.true.
  end if

  call must(mrcz_reader_open(argument(1), c_null_ptr, reader))
  call must(mrcz_struct_init(c_loc(stack), c_sizeof(stack)))
  call must(mrcz_reader_stack(reader, stack))
  print '(i0, a, i0, a, i0, 2a)', stack%frames, ' frames of ', stack%rows, ' rows and ', stack%columns, &
    ' columns, ', mrcz_text(mrcz_pixel_type_name(stack%pixel_type))

  middle = stack%frames / 2
  allocate (frame(stack%columns, stack%rows))
  frame_bytes = size(frame, kind=c_size_t) * c_sizeof(frame(1, 1))
  call must(mrcz_read_frames_as(reader, middle, 1_c_int64_t, mrcz_float32, mrcz_allow_round, c_loc(frame), &
                                frame_bytes, c_null_ptr, c_null_ptr))
  print '(a, i0, a, i0)', 'frame ', middle, ': sum ', nint(sum(real(frame, c_double)), c_int64_t)

  call must(mrcz_struct_init(c_loc(options), c_sizeof(options)))  ! zeros are the defaults
  options%columns = stack%columns
  options%rows = stack%rows
  options%pixel_type = mrcz_float32
  options%voxel_angstrom = stack%voxel_angstrom
  call must(mrcz_writer_create(argument(2), options, writer))
  call must(mrcz_writer_append(writer, c_loc(frame), frame_bytes, c_null_ptr))
  call must(mrcz_writer_finish(writer, bytes))
  print '(a, i0, a)', 'wrote it: ', bytes, ' bytes'
  call mrcz_writer_close(writer)
  call mrcz_reader_close(reader)

contains

  ! Every status is looked at. The groups of errors are the exit codes of the command mrcz.
  subroutine must(status)
    integer(c_int32_t), intent(in) :: status
    if (status == mrcz_ok) return
    write (error_unit, '(2a)') 'look: ', mrcz_text(mrcz_last_error())
    stop mrcz_error_group(status), quiet=.true.
  end subroutine must

  function argument(number) result(text)
    integer, intent(in) :: number
    character(len=:), allocatable :: text
    integer :: length
    call get_command_argument(number, length=length)
    allocate (character(len=length) :: text)
    call get_command_argument(number, text)
    text = text//c_null_char
  end function argument

end program look
