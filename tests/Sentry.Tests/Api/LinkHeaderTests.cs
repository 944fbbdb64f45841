using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class LinkHeaderTests
{
    private const string Previous = "<https://s/?a=1&cursor=0:0:1>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\"";

    [Theory]
    [InlineData("<https://s/?cursor=0:100:0>; rel=\"next\"; results=\"true\"; cursor=\"0:100:0\"", "0:100:0")]
    [InlineData("<https://s/?q=a,b;c>; rel=\"next\"; results=\"true\"; cursor=\"a,b;c==\"", "a,b;c==")]
    [InlineData("<https://s/>;rel=next;results=true;cursor=7", "7")]
    [InlineData("<https://s/>; rel=\"next\"; results=\"false\"; cursor=\"0:100:0\"", null)]
    [InlineData("<https://s/>; rel=\"next\"; results=\"true\"; cursor=\"\"", null)]
    [InlineData("<https://s/>; rel=\"next\"; results=\"true\"", null)]
    [InlineData("rubbish", null)]
    public void The_cursor_of_the_next_page_is_found(string next, string? cursor)
    {
        Assert.Equal(cursor, LinkHeader.NextCursor([Previous + ", " + next]));
        Assert.Equal(cursor, LinkHeader.NextCursor([Previous, next]));
    }
}
