using SentryOtel.Gateway.Receiving;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class BodyPoolTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(3000, 4096)]
    [InlineData(4097, 5120)]
    [InlineData(9300, 10_240)]
    [InlineData(65_536, 65_536)]
    [InlineData(400_000, 458_752)]
    public void Arrays_are_little_larger_than_what_is_asked_for(int bytes, int expected)
    {
        Assert.Equal(expected, BodyPool.SizeFor(bytes));
        Assert.Equal(expected, BodyPool.SizeFor(expected));
    }

    [Fact]
    public void What_was_returned_is_rented_again()
    {
        var pool = new BodyPool(_time, 1 << 20);
        var arrays = Enumerable.Range(0, 50).Select(_ => pool.Rent(10_000)).ToHashSet();
        Assert.All(arrays, array => pool.Return(array));

        Assert.All(Enumerable.Range(0, 50).ToList(), _ => Assert.Contains(pool.Rent(9_500), arrays));
        Assert.Equal(0, pool.IdleBytes);
    }

    [Fact]
    public void No_more_lies_idle_than_the_bound()
    {
        var pool = new BodyPool(_time, 25_000);

        Assert.All(Enumerable.Range(0, 5).Select(_ => pool.Rent(10_000)).ToList(), array => pool.Return(array));

        Assert.Equal(20_480, pool.IdleBytes);
    }

    [Fact]
    public void What_is_not_needed_for_a_while_is_let_go()
    {
        var pool = new BodyPool(_time, 1 << 20);
        Assert.All(Enumerable.Range(0, 10).Select(_ => pool.Rent(10_000)).ToList(), array => pool.Return(array));

        // The first interval saw the peak, in the second two arrays were enough.
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.All(Enumerable.Range(0, 2).Select(_ => pool.Rent(10_000)).ToList(), array => pool.Return(array));
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(2 * 10_240, pool.IdleBytes);
    }

    [Fact]
    public void An_array_of_another_origin_is_refused() =>
        Assert.Throws<ArgumentException>(() => new BodyPool(_time, 1 << 20).Return(new byte[5000]));
}
