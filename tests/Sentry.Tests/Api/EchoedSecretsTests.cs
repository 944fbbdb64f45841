using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class EchoedSecretsTests
{
    [Theory]
    [InlineData("you sent sntryi_0123456789", "sntryi_0123456789", "you sent [REDACTED]")]
    [InlineData("Authorization: SNTRYI_0123456789!", "sntryi_0123456789", "Authorization: [REDACTED]!")]
    [InlineData("token abcdefgh0 is wrong", "Bearer abcdefgh0", "token [REDACTED] is wrong")]
    [InlineData("got Bearer abcdefgh0", "Bearer abcdefgh0", "got [REDACTED]")]
    [InlineData("tenant core is unknown", "core", "tenant core is unknown")]
    [InlineData("nothing to hide", "sntryi_0123456789", "nothing to hide")]
    public void Secret_is_taken_out_and_short_words_stay(string text, string secret, string shown) => Assert.Equal(shown, EchoedSecrets.Hide(text, [secret]));
}
