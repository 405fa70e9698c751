"""moto forgets old images and messages, and its streams go on as before."""

import boto3
from moto import mock_aws
from moto.sns.models import sns_backends

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION
from local.cloud.forgetting import forgetter


def test_only_the_newest_images_and_no_sent_messages_are_kept() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        streams = boto3.client("dynamodbstreams", region_name=LOCAL_REGION)
        sns = boto3.client("sns", region_name=LOCAL_REGION)
        arn = dynamodb.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]["LatestStreamArn"]
        for number in range(9):
            dynamodb.put_item(TableName="things", Item={"key": {"S": str(number)}})
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.publish(TopicArn=topic, Message="old")
        forget = forgetter(kept_records=2, every=3)

        for _ in range(3):
            forget()

        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        sent = sns_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].topics[topic].sent_notifications

    assert ["NewImage" in record["dynamodb"] for record in records] == [False] * 7 + [True] * 2
    assert sent == []
