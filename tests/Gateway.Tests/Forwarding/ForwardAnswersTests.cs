using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Tests.Forwarding;

public sealed class ForwardAnswersTests
{
    [Theory]
    [InlineData(200, nameof(SendOutcomeKind.Sent))]
    [InlineData(202, nameof(SendOutcomeKind.Sent))]
    [InlineData(429, nameof(SendOutcomeKind.Transient))]
    [InlineData(502, nameof(SendOutcomeKind.Transient))]
    [InlineData(503, nameof(SendOutcomeKind.Transient))]
    [InlineData(504, nameof(SendOutcomeKind.Transient))]
    [InlineData(500, nameof(SendOutcomeKind.Refused))]
    [InlineData(301, nameof(SendOutcomeKind.Refused))]
    [InlineData(400, nameof(SendOutcomeKind.Invalid))]
    [InlineData(401, nameof(SendOutcomeKind.Refused))]
    [InlineData(413, nameof(SendOutcomeKind.TooLarge))]
    public void Http_status_is_read_as_the_specification_says(int status, string kind) =>
        Assert.Equal(kind, ForwardAnswers.OfHttp(status).ToString());

    [Theory]
    [InlineData(GrpcStatusCode.Ok, false, nameof(SendOutcomeKind.Sent))]
    [InlineData(GrpcStatusCode.Cancelled, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.DeadlineExceeded, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.Aborted, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.OutOfRange, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.Unavailable, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.DataLoss, false, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.ResourceExhausted, true, nameof(SendOutcomeKind.Transient))]
    [InlineData(GrpcStatusCode.ResourceExhausted, false, nameof(SendOutcomeKind.Refused))]
    [InlineData(GrpcStatusCode.InvalidArgument, false, nameof(SendOutcomeKind.Invalid))]
    [InlineData(GrpcStatusCode.Unimplemented, true, nameof(SendOutcomeKind.Refused))]
    [InlineData(GrpcStatusCode.Unauthenticated, false, nameof(SendOutcomeKind.Refused))]
    [InlineData(GrpcStatusCode.Internal, false, nameof(SendOutcomeKind.Refused))]
    public void Grpc_status_is_read_as_the_specification_says(GrpcStatusCode code, bool saysWhen, string kind) =>
        Assert.Equal(kind, ForwardAnswers.OfGrpc(code, saysWhen).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(1500)]
    public void RetryInfo_of_a_status_is_found(int? milliseconds)
    {
        TimeSpan? delay = milliseconds is { } number ? TimeSpan.FromMilliseconds(number) : null;

        var read = RpcStatusReader.Read(new RpcStatus(GrpcStatusCode.ResourceExhausted, "full", delay).ToProtobuf());

        Assert.Equal(("full", delay), read);
    }

    [Fact]
    public void Broken_answer_says_nothing()
    {
        Assert.Equal((0, string.Empty), ForwardAnswers.ReadPartialSuccess([0x0A, 0xFF, 0xFF]));
        Assert.Equal((string.Empty, null), RpcStatusReader.Read("<html>not protobuf</html>"u8));
        Assert.Equal((5, "why"), ForwardAnswers.ReadPartialSuccess(new ExportResponse(5, "why").ToProtobuf()));
    }
}
