using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Otlp.Tests.Responses;

public sealed class ResponseTests
{
    private static readonly JsonParser Json =
        new(JsonParser.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(RetryInfo.Descriptor, BadRequest.Descriptor)));

    [Fact]
    public void Full_success_leaves_partial_success_unset()
    {
        Assert.Empty(ExportResponse.Success.ToProtobuf());
        Assert.Equal("{}", Encoding.UTF8.GetString(ExportResponse.Success.ToJson(OtlpSignal.Traces)));
    }

    [Theory]
    [InlineData(0, "a warning")]
    [InlineData(7, "no project for service \"søk\"")]
    [InlineData(long.MaxValue, "")]
    public void Partial_success_says_how_many_and_why(long rejected, string message)
    {
        var response = new ExportResponse(rejected, message);
        var bytes = response.ToProtobuf();

        var traces = ExportTraceServiceResponse.Parser.ParseFrom(bytes);
        var logs = ExportLogsServiceResponse.Parser.ParseFrom(bytes);
        var metrics = ExportMetricsServiceResponse.Parser.ParseFrom(bytes);

        Assert.Equal((rejected, message), (traces.PartialSuccess.RejectedSpans, traces.PartialSuccess.ErrorMessage));
        Assert.Equal((rejected, message), (logs.PartialSuccess.RejectedLogRecords, logs.PartialSuccess.ErrorMessage));
        Assert.Equal((rejected, message), (metrics.PartialSuccess.RejectedDataPoints, metrics.PartialSuccess.ErrorMessage));
        Assert.Equal(traces, Parse<ExportTraceServiceResponse>(response.ToJson(OtlpSignal.Traces)));
        Assert.Equal(logs, Parse<ExportLogsServiceResponse>(response.ToJson(OtlpSignal.Logs)));
        Assert.Equal(metrics, Parse<ExportMetricsServiceResponse>(response.ToJson(OtlpSignal.Metrics)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1500)]
    [InlineData(60_000)]
    public void Status_with_a_delay_carries_retry_info(int milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        var status = new RpcStatus(GrpcStatusCode.ResourceExhausted, "full", delay);

        var decoded = Status.Parser.ParseFrom(status.ToProtobuf());

        Assert.Equal(((int)GrpcStatusCode.ResourceExhausted, "full"), (decoded.Code, decoded.Message));
        Assert.Equal(delay, Assert.Single(decoded.Details).Unpack<RetryInfo>().RetryDelay.ToTimeSpan());
        Assert.Equal(decoded, Parse<Status>(status.ToJson()));
    }

    [Fact]
    public void Status_without_a_delay_has_no_details()
    {
        var status = new RpcStatus(GrpcStatusCode.NotFound, "bad \u0001 \"bytes\"");

        var decoded = Status.Parser.ParseFrom(status.ToProtobuf());

        Assert.Equal(new Status { Code = 5, Message = "bad \u0001 \"bytes\"" }, decoded);
        Assert.Equal(decoded, Parse<Status>(status.ToJson()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("resourceSpans[0].schemaUrl")]
    public void Status_of_bad_data_carries_what_is_bad(string field)
    {
        var status = new RpcStatus(GrpcStatusCode.InvalidArgument, "must be a string") { Field = field };

        var decoded = Status.Parser.ParseFrom(status.ToProtobuf());

        var violation = Assert.Single(Assert.Single(decoded.Details).Unpack<BadRequest>().FieldViolations);
        Assert.Equal((field, "must be a string"), (violation.Field, violation.Description));
        Assert.Equal(decoded, Parse<Status>(status.ToJson()));
    }

    [Fact]
    public void Long_messages_are_shortened_and_never_inside_a_character()
    {
        var status = new RpcStatus(GrpcStatusCode.InvalidArgument, new string('x', 4092) + "\U0001F600" + new string('y', 100));

        var message = Status.Parser.ParseFrom(status.ToProtobuf()).Message;

        Assert.Equal(new string('x', 4092) + "...", message);
    }

    private static T Parse<T>(byte[] json)
        where T : IMessage, new() => Json.Parse<T>(Encoding.UTF8.GetString(json));
}
