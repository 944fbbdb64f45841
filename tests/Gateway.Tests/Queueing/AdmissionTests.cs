using System.Buffers;
using SentryOtel.Gateway.Receiving;

namespace SentryOtel.Gateway.Tests.Queueing;

public sealed class AdmissionTests
{
    [Fact]
    public void TryReserve_beyond_the_budget_is_refused_and_leaves_it_as_it_was()
    {
        var admission = new Admission(100);
        using var first = admission.TryReserve(60);

        Assert.Null(admission.TryReserve(41));
        Assert.Equal(60, admission.Reserved);
        Assert.NotNull(admission.TryReserve(40));
    }

    [Fact]
    public void Reservation_disposed_twice_gives_its_bytes_back_once()
    {
        var admission = new Admission(100);
        var reservation = admission.TryReserve(60)!;

        reservation.Dispose();
        reservation.Dispose();

        Assert.Equal(0, admission.Reserved);
    }

    [Fact]
    public void TryResize_takes_and_returns_the_difference()
    {
        var admission = new Admission(100);
        using var reservation = admission.TryReserve(10)!;

        Assert.True(reservation.TryResize(100));
        Assert.False(reservation.TryResize(101));
        Assert.Equal(100, admission.Reserved);
        Assert.True(reservation.TryResize(5));
        Assert.Equal(5, admission.Reserved);
    }

    [Fact]
    public void Buffer_goes_back_to_its_pool_with_the_last_lease_however_often_each_is_disposed()
    {
        var admission = new Admission(100);
        var pool = ArrayPool<byte>.Create();
        var first = RequestBuffer.Own(pool.Rent(10), 10, admission.TryReserve(10)!, pool);
        var second = first.Share();

        first.Dispose();
        first.Dispose();

        Assert.Equal(10, admission.Reserved);
        Assert.Equal(10, second.Memory.Length);
        second.Dispose();
        Assert.Equal(0, admission.Reserved);
        Assert.Throws<ObjectDisposedException>(() => second.Memory);
    }
}
