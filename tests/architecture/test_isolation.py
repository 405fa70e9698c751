"""Tests reach no AWS account and no network, whatever the machine they run on is set up for."""

import os
import socket

import boto3
import pytest
from pytest_socket import SocketBlockedError


def test_a_unit_test_gets_no_socket() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_keys_are_fake_and_no_profile_is_read() -> None:
    credentials = boto3.Session().get_credentials()

    assert credentials is not None
    assert credentials.access_key == "testing"
    assert "AWS_PROFILE" not in os.environ
