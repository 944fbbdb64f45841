using System.Buffers;
using SentryOtel.Gateway.Receiving;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class PooledBodyTests
{
    private readonly Admission _admission = new(1 << 20);

    [Fact]
    public void Memory_is_reserved_while_it_is_held_and_follows_the_lease()
    {
        using var body = NewBody();
        Assert.True(body.TryReserve(3000));
        Write(body, 3000);
        var held = _admission.Reserved;

        var lease = body.Detach();
        var detached = _admission.Reserved;
        lease.Dispose();

        Assert.Equal((4096, 4096, 0), (held, detached, _admission.Reserved));
    }

    [Fact]
    public void Growing_keeps_what_was_written()
    {
        using var body = NewBody();
        Assert.True(body.TryReserve(1000));
        Write(body, 1000);
        Assert.True(body.TryReserve(100_000));
        Write(body, 500);

        using var lease = body.Detach();

        Assert.Equal([.. Enumerable.Range(0, 1000).Concat(Enumerable.Range(0, 500)).Select(number => (byte)number)], lease.Memory.ToArray());
    }

    [Fact]
    public void Room_that_is_not_needed_is_given_back_when_the_body_is_whole()
    {
        using var body = NewBody();
        Assert.True(body.TryReserve(500_000));
        Write(body, 100);

        using var lease = body.Detach();

        Assert.Equal(1024, _admission.Reserved);
        Assert.Equal(100, lease.Memory.Length);
    }

    [Fact]
    public void Growth_beyond_the_budget_is_refused_and_leaves_nothing_reserved_behind()
    {
        using (var body = NewBody())
        {
            Assert.True(body.TryReserve(600_000));
            Assert.False(body.TryReserve(1_100_000));
        }

        Assert.Equal(0, _admission.Reserved);
    }

    [Fact]
    public void An_empty_body_is_a_lease_like_any_other()
    {
        using var body = NewBody();

        using (var lease = body.Detach())
        {
            Assert.True(lease.Memory.IsEmpty);
        }

        Assert.Equal(0, _admission.Reserved);
    }

    private static void Write(PooledBody body, int bytes)
    {
        for (var at = 0; at < bytes; at++)
        {
            body.Free.Span[at] = (byte)at;
        }

        body.Advance(bytes);
    }

    private PooledBody NewBody() => new(_admission, ArrayPool<byte>.Create());
}
